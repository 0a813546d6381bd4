// <zone-clock> around a time zone's <select> shows what time it is there. With the attribute
// `guess` it first chooses the browser's own zone, which the person then confirms by sending.

const TICK = 10_000

class ZoneClock extends HTMLElement {
  #select
  #clock
  #timer

  connectedCallback() {
    this.#select = this.querySelector("select")
    if (!this.#select) return
    if (this.hasAttribute("guess")) this.#guess()
    this.#clock = document.createElement("output")
    this.#clock.className = "field__help"
    this.#clock.htmlFor = this.#select.id
    this.#select.after(this.#clock)
    this.#select.addEventListener("change", this.#show)
    this.#timer = setInterval(this.#show, TICK)
    this.#show()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  #guess() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const option = [...this.#select.options].find(({ value }) => value === zone)
    if (option) option.selected = true
  }

  #show = () => {
    try {
      const time = new Intl.DateTimeFormat(document.documentElement.lang, {
        timeZone: this.#select.value, hour: "numeric", minute: "2-digit", timeZoneName: "short",
      }).format(new Date())
      this.#clock.value = (this.getAttribute("words") ?? "%s").replace("%s", time)
    } catch { this.#clock.value = "" }
  }
}

customElements.define("zone-clock", ZoneClock)
