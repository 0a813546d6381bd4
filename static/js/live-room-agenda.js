// What is on now and how long it lasts, by the server's clock: browsers' own may be minutes off.

const TICK = 10_000

export class Agenda {
  #now
  #items
  #ahead = 0

  constructor(page) {
    this.#now = page.querySelector("[data-agenda-now]")
    this.#items = [...page.querySelectorAll(".agenda__item")]
    if (!this.#now) return
    this.setClock(this.#now.dataset.now)
    setInterval(() => this.#show(), TICK)
  }

  // How far the server's clock is ahead of this one.
  setClock(at) {
    if (!at || !this.#now) return
    this.#ahead = new Date(at) - Date.now()
    this.#show()
  }

  #show() {
    const now = Date.now() + this.#ahead
    const isOn = (item) => new Date(item.dataset.start) <= now && now < new Date(item.dataset.end)
    const current = this.#items.find(isOn)
    for (const item of this.#items) {
      if (item === current) item.setAttribute("aria-current", "step")
      else item.removeAttribute("aria-current")
    }
    this.#now.hidden = !current
    if (!current) return
    const left = Math.ceil((new Date(current.dataset.end) - now) / 60_000)
    const { one, many } = this.#now.dataset
    put(this.#now.querySelector("[data-title]"), current.dataset.title)
    put(this.#now.querySelector("[data-left]"), left === 1 ? one : many.replace("{n}", left))
  }
}

function put(place, words) {
  if (place.textContent !== words) place.textContent = words
}
