// The question lane: votes and states change in place; the order only when nobody is about to press
// something there, or when one asks for it.

import { newKey, post, say } from "./live-room-posting.js"

const IDLE = 8000

export class Questions {
  #place
  #lane
  #settled
  #order
  #words
  #room
  #timer
  #touchedAt = 0

  constructor(page, room, words) {
    this.#room = room
    this.#words = words
    this.#place = page.querySelector("#questions")
    this.#lane = this.#place.querySelector("[data-lane]")
    this.#settled = this.#place.querySelector("[data-lane-settled]")
    this.#order = this.#place.querySelector("[data-order]")
    this.#order.addEventListener("click", () => this.#sort())
    for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
      this.#place.addEventListener(kind, () => (this.#touchedAt = Date.now()), { passive: true })
    }
    this.#place.addEventListener("submit", (event) => this.#submit(event))
    this.#count()
  }

  // Facilitators' pages may know who asked without a name: theirs come from the page.
  hear(frame) {
    const old = this.#place.querySelector(`[data-question="${frame.id}"]`)
    if (old && Number(old.dataset.rev) >= frame.rev) return
    if (this.#room.mayModerate && (!old || frame.state === "hidden") && frame.nameless) return this.#fetch(frame)
    if (frame.state === "hidden" && !this.#room.mayModerate) old?.remove()
    else this.#show(old ?? this.#draw(frame), frame)
    this.#later()
  }

  async #fetch(frame) {
    const page = await this.#room.fetchPage()
    const fresh = page?.querySelector(`[data-question="${frame.id}"]`)
    if (!fresh) return
    this.#place.querySelector(`[data-question="${frame.id}"]`)?.remove()
    const lane = frame.state === "open" ? this.#lane : this.#settled
    lane.append(document.importNode(fresh, true))
    this.#later()
  }

  #draw(frame) {
    const template = this.#place.querySelector("template[data-question]")
    const item = template.content.firstElementChild.cloneNode(true)
    item.dataset.question = frame.id
    item.dataset.at = frame.at
    item.id = `question-${frame.id}`
    for (const each of [item, ...item.querySelectorAll("[action], [formaction]")]) {
      for (const name of ["action", "formaction"]) {
        const url = each.getAttribute(name)
        if (url) each.setAttribute(name, url.replace("/questions/0/", `/questions/${frame.id}/`))
      }
    }
    const { by } = frame
    item.querySelector("[data-by]").textContent = by
      ? [by.name, by.team].filter(Boolean).join(", ")
      : frame.nameless ? this.#words.nameless : this.#words.former
    this.#lane.append(item)
    this.#room.tabs?.addOne("questions")
    return item
  }

  #show(item, frame) {
    Object.assign(item.dataset, { rev: frame.rev, votes: frame.votes, state: frame.state })
    if (frame.text) item.querySelector(".question__text").textContent = frame.text
    item.querySelector("[data-votes-shown]").textContent = frame.votes
    const state = item.querySelector("[data-state-shown]")
    state.hidden = frame.state === "open"
    state.textContent = this.#words[`newState${frame.state[0].toUpperCase()}${frame.state.slice(1)}`] ?? ""
    const vote = item.querySelector(".vote")
    vote.disabled = frame.state !== "open" || !this.#room.isOpen
  }

  // ---------------------------------------------------------------- order

  #later() {
    this.#count()
    clearTimeout(this.#timer)
    if (!this.#isOutOfOrder()) return (this.#order.hidden = true)
    const rest = this.#touchedAt + IDLE - Date.now()
    const isBusy = this.#place.contains(document.activeElement) || rest > 0
    this.#order.hidden = !isBusy
    if (isBusy) this.#timer = setTimeout(() => this.#later(), Math.max(rest, 1000))
    else this.#sort()
  }

  #wanted() {
    const all = [...this.#place.querySelectorAll("li[data-question]")]
    const open = all.filter((item) => item.dataset.state === "open")
    open.sort((a, b) => b.dataset.votes - a.dataset.votes || a.dataset.at.localeCompare(b.dataset.at))
    return [open, all.filter((item) => item.dataset.state !== "open")]
  }

  #isOutOfOrder() {
    const [open, settled] = this.#wanted()
    const isAt = (lane) => (item, index) => lane.children[index] === item
    const settledIn = settled.every((item) => item.parentElement === this.#settled)
    return !(open.every(isAt(this.#lane)) && settledIn)
  }

  #sort() {
    const [open, settled] = this.#wanted()
    this.#lane.append(...open)
    this.#settled.prepend(...settled.filter((item) => item.parentElement !== this.#settled))
    this.#order.hidden = true
    this.#count()
  }

  #count() {
    const items = [...this.#place.querySelectorAll("li[data-question]")]
    const open = items.filter((item) => item.dataset.state === "open").length
    this.#place.querySelector("[data-lane-empty]").hidden = open > 0
    this.#place.querySelector("[data-settled]").hidden = items.length === open
    this.#place.querySelector("[data-settled-count]").textContent = items.length - open
    const badge = document.querySelector('[data-count="questions"]')
    badge.textContent = open || ""
    badge.hidden = !open
  }

  // ---------------------------------------------------------------- what one does

  #submit(event) {
    const form = event.target
    if (form.matches("[data-vote]")) this.#vote(event, form)
    else if (form.matches("[data-settle]")) this.#send(event, form)
    else if (form.matches("[data-ask]")) this.#ask(event, form)
  }

  async #vote(event, form) {
    event.preventDefault()
    const button = event.submitter
    if (!(await post(form, button))) return say(this.#words.askFailed, "error")
    const has = button.value === "yes"
    button.setAttribute("aria-pressed", has)
    button.value = has ? "no" : "yes"
  }

  async #send(event, form) {
    event.preventDefault()
    if (!(await post(form, event.submitter))) say(this.#words.askFailed, "error")
  }

  async #ask(event, form) {
    event.preventDefault()
    const box = form.querySelector("textarea")
    const sent = box.value
    // Refused with a reason: the page without scripts says it, with what was typed.
    if (!(await post(form, event.submitter))) return form.submit()
    // Whoever is quick has begun the next one.
    if (box.value === sent) box.value = ""
    form.elements.form_key.value = newKey()
    say(this.#words.asked)
  }
}
