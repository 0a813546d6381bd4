// Quick pulses. That one began or ended is told over the socket, and each window asks for it as its
// own reader, at its own moment; how often each answer was given changes in place.

import { newKey, post, say } from "./live-room-posting.js"

const SPREAD = 12 // milliseconds for each person in the room, so that not all ask at once

export class Pulses {
  #place
  #url
  #room
  #words
  #timer

  constructor(page, room, words) {
    this.#place = page.querySelector("#pulses")
    this.#url = `${room.dataset.page}pulses/`
    this.#room = room
    this.#words = words
    this.#place.addEventListener("submit", (event) => this.#submit(event))
  }

  hear(frame) {
    const shown = this.#place.querySelector(`[data-pulse="${frame.id}"]`)
    const isOpen = frame.open ? "yes" : "no"
    if (!shown || shown.dataset.open !== isOpen) return this.#fetchSoon()
    if (Number(shown.dataset.rev) >= frame.rev) return
    shown.dataset.rev = frame.rev
    this.#tellAnswers(shown, frame.answers)
    if ("results" in shown.dataset) this.#drawResults(shown, frame)
  }

  #tellAnswers(shown, answers) {
    const place = shown.querySelector("[data-pulse-answers]")
    const { one, many } = place.dataset
    place.textContent = answers === 1 ? one : many.replace("{n}", answers)
  }

  #drawResults(shown, { results, counted }) {
    const list = shown.querySelector("[data-pulse-results]")
    const mine = list.querySelector(".poll__result--mine")?.dataset.text
    const rows = counted ? results.map(([text, count]) => drawRow(text, count, counted, text === mine)) : []
    list.replaceChildren(...rows)
  }

  #fetchSoon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fetch(), Math.random() * SPREAD * this.#room.people)
  }

  async #fetch() {
    try {
      const answer = await fetch(this.#url, { headers: { accept: "text/html" } })
      if (!answer.ok) return
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
      // What one is typing, and the hosts' form, stay.
      const written = this.#place.querySelector("input[name=answer]")?.value
      const form = this.#place.querySelector("form.pulse-form")?.closest("details")
      this.#place.replaceChildren(...fresh.body.children)
      if (form) this.#place.querySelector("[data-pulses-past]").before(form)
      const box = this.#place.querySelector("input[name=answer]")
      if (box && written) box.value = written
      this.#room.tabs?.addOne("chat")
    } catch {
      // The next change asks again.
    }
  }

  async #submit(event) {
    const form = event.target
    event.preventDefault()
    const isTaken = await post(form, event.submitter)
    if (!isTaken) return form.matches(".pulse-form") ? form.submit() : say(this.#words.askFailed, "error")
    if (form.matches(".pulse-form")) {
      form.closest("details").open = false
      form.reset()
      form.elements.form_key.value = newKey()
    }
    this.#fetch()
  }
}

function drawRow(text, count, counted, isMine) {
  const row = document.createElement("li")
  row.className = `poll__result${isMine ? " poll__result--mine" : ""}`
  row.dataset.text = text
  const option = document.createElement("span")
  option.className = "poll__option"
  option.textContent = text
  const number = document.createElement("span")
  number.className = "poll__count"
  number.textContent = count
  const bar = document.createElement("progress")
  bar.className = "progress"
  bar.max = counted
  bar.value = count
  bar.setAttribute("aria-hidden", "true")
  row.append(option, number, bar)
  return row
}
