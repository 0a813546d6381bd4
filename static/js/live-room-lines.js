// The transcript on the page: lines by seq, days between them, one's own unsent lines at the end.

import { dayOf, drawInitials, drawPhoto, drawReactions, format, linked } from "./live-room-drawing.js"
import { nameLinks } from "./live-room-titles.js"

const NEAR_END = 80

export class LineList {
  #room
  #box
  #log
  #more
  #template
  #words
  #unseen = 0
  #follows = true // whoever reads at the end stays there
  last = 0

  constructor(room, words) {
    this.#room = room
    this.#words = words
    this.#box = room.querySelector("[role=log]")
    this.#log = room.querySelector("[data-log]")
    this.#more = room.querySelector("[data-more]")
    this.#template = room.querySelector("template[data-line]").content.firstElementChild
    this.#read()
    this.#box.addEventListener("scroll", () => this.#look(), { passive: true })
    this.#more.addEventListener("click", () => this.toEnd())
    this.#log.addEventListener("click", (event) => this.#click(event))
    this.#jumpToEnd()
    // Its height changes when parts of the page take their places, or a keyboard comes up.
    new ResizeObserver(() => this.#follows && this.#jumpToEnd()).observe(this.#box)
  }

  #read() {
    const lines = [...this.#log.querySelectorAll("[data-seq]")]
    this.last = Number(lines.at(-1)?.dataset.seq ?? 0)
    lines.forEach((line, index) => this.#join(lines[index - 1], line))
  }

  replace(log) {
    const waiting = [...this.#log.querySelectorAll("[data-id]")]
    this.#log.replaceChildren(...log.children, ...waiting)
    this.#read()
    this.#jumpToEnd()
  }

  add(frame) {
    if (frame.seq <= this.last) return
    const follow = this.#isAtEnd()
    const before = this.#log.querySelector("[data-id]")
    const previous = this.#lastLine()
    const line = this.#draw(frame)
    this.#log.querySelector("[data-quiet]")?.remove()
    if (dayOf(previous?.dataset.at, this.#zone) !== dayOf(frame.at, this.#zone)) {
      this.#log.insertBefore(this.#drawDay(frame.at), before)
    }
    this.#log.insertBefore(line, before)
    this.#join(previous, line)
    this.last = frame.seq
    if (follow) this.#jumpToEnd()
    else if (frame.by?.id !== Number(this.#room.dataset.me)) this.#count()
  }

  change(frame) {
    const old = this.#log.querySelector(`[data-seq="${frame.seq}"]`)
    if (!old || Number(old.dataset.rev) >= frame.rev) return
    if (frame.type === "edit") {
      const isRemoved = old.classList.contains("line--removed")
      // Only its reactions: nothing else moves under the finger.
      if (!isRemoved && frame.rev) return this.#react(old, frame)
      const line = this.#draw(frame)
      line.classList.toggle("line--same", old.classList.contains("line--same"))
      return old.replaceWith(line)
    }
    old.dataset.rev = frame.rev
    old.classList.add("line--removed")
    const words = document.createElement("em")
    words.textContent = this.#words.removed
    old.querySelector(".line__text").replaceChildren(words)
    old.querySelector(".line__reactions")?.replaceChildren()
    for (const quote of this.#log.querySelectorAll(`[data-answers="${frame.seq}"] span`)) {
      quote.textContent = this.#words.removed
    }
    this.#setAct(old, frame.seq, true)
  }

  #react(line, frame) {
    line.dataset.rev = frame.rev
    drawReactions(line, frame, this.#room)
  }

  #click(event) {
    const quote = event.target.closest("[data-answers]")
    const line = quote && this.#log.querySelector(`[data-seq="${quote.dataset.answers}"]`)
    if (line) {
      event.preventDefault()
      line.scrollIntoView({ block: "center" })
      line.classList.add("line--pinned")
      setTimeout(() => line.classList.remove("line--pinned"), 2500)
    }
    const earlier = event.target.closest("[data-earlier] a")
    if (earlier) this.#fetchEarlier(event, earlier)
  }

  // Earlier lines from the transcript, put above what is there, which stays where it is.
  async #fetchEarlier(event, link) {
    event.preventDefault()
    const answer = await fetch(link.href).catch(() => null)
    if (!answer?.ok) return (location.href = link.href)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const lines = page.querySelectorAll(".transcript > li")
    const height = this.#box.scrollHeight
    const next = page.querySelector("[data-earlier-lines]")
    const place = link.closest("[data-earlier]")
    place.after(...lines)
    if (next) link.href = new URL(next.getAttribute("href"), answer.url)
    else place.remove()
    this.#box.scrollTop += this.#box.scrollHeight - height
  }

  // One's own lines that have no place yet, as the outbox has them.
  showWaiting(lines) {
    const follow = this.#isAtEnd()
    const shown = new Map([...this.#log.querySelectorAll("[data-id]")].map((li) => [li.dataset.id, li]))
    for (const { id, text, state, why } of lines) {
      const line = shown.get(id) ?? this.#drawWaiting(id, text)
      shown.delete(id)
      line.classList.toggle("line--waiting", state !== "failed")
      line.classList.toggle("line--failed", state === "failed")
      this.#drawState(line.querySelector(".line__state"), id, state, why)
    }
    for (const line of shown.values()) line.remove()
    if (follow) this.#jumpToEnd()
  }

  toEnd() {
    this.#jumpToEnd()
    this.#seen()
  }

  get #zone() {
    return this.#room.dataset.zone
  }

  #lastLine() {
    return [...this.#log.querySelectorAll("[data-seq]")].at(-1)
  }

  #draw(frame) {
    const line = this.#template.cloneNode(true)
    const { by, at } = frame
    Object.assign(line.dataset, { seq: frame.seq, rev: frame.rev, at, by: by?.id ?? "" })
    line.id = `line-${frame.seq}`
    const avatar = line.querySelector(".avatar")
    avatar.replaceWith(by?.photo ? drawPhoto(by.photo) : drawInitials(avatar, by))
    line.querySelector("strong").textContent = by?.name ?? this.#words.former
    line.querySelector(".line__head span").textContent = by?.team ?? ""
    const time = line.querySelector("time")
    time.dateTime = at
    time.textContent = format(at, this.#zone, { hour: "numeric", minute: "2-digit", timeZoneName: "short" })
    if (frame.answers) line.querySelector(".line__text").before(this.#drawAnswered(frame.answers))
    line.querySelector(".line__text").replaceChildren(...linked(frame.text))
    nameLinks(line, this.#room)
    drawReactions(line, frame, this.#room)
    this.#setAct(line, frame.seq, false)
    return line
  }

  #drawAnswered({ seq, name, text }) {
    const quote = document.createElement("a")
    quote.className = "line__answers"
    quote.href = `#line-${seq}`
    quote.dataset.answers = seq
    const who = document.createElement("b")
    who.textContent = name || this.#words.former
    const words = document.createElement("span")
    words.textContent = text || this.#words.removed
    quote.append(who, " ", words)
    return quote
  }

  #setAct(line, seq, isRemoved) {
    const act = line.querySelector(".line__act")
    if (!act) return
    act.textContent = isRemoved ? this.#words.restore : this.#words.remove
    act.setAttribute("formaction", `${this.#room.dataset.base}chat/${seq}/${isRemoved ? "return" : "removal"}/`)
  }

  #drawDay(at) {
    const day = document.createElement("li")
    day.className = "line line--event"
    day.textContent = format(at, this.#zone, { weekday: "short", month: "long", day: "numeric" })
    return day
  }

  #drawWaiting(id, text) {
    const line = document.createElement("li")
    line.className = "line line--same"
    line.dataset.id = id
    const words = document.createElement("p")
    words.className = "line__text"
    const state = document.createElement("span")
    state.className = "line__state"
    words.append(text, state)
    line.append(words)
    this.#log.append(line)
    return line
  }

  #drawState(place, id, state, why) {
    const whys = { too_long: "tooLong", closed: "closed", forbidden: "noRight", muted: "muted" }
    const failed = this.#words[whys[why]] ?? this.#words.failed
    const words = { sending: "sending", waiting: "waiting", slow: "slow" }
    place.textContent = state === "failed" ? failed : (this.#words[words[state]] ?? "")
    if (state !== "failed") return
    for (const [name, label] of [["again", this.#words.retry], ["drop", this.#words.discard]]) {
      const button = document.createElement("button")
      button.type = "button"
      button.className = "link-button"
      button.dataset[name] = id
      button.textContent = label
      place.append(" ", button)
    }
  }

  // Several lines of one person within a few minutes read as one.
  #join(previous, line) {
    const soon = previous && new Date(line.dataset.at) - new Date(previous.dataset.at) < 180_000
    const same = soon && line.dataset.by && previous.dataset.by === line.dataset.by
    const between = line.previousElementSibling !== previous
    line.classList.toggle("line--same", Boolean(same && !between))
  }

  #isAtEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_END
  }

  #look() {
    this.#follows = this.#isAtEnd()
    if (this.#follows) this.#seen()
  }

  #jumpToEnd() {
    this.#box.scrollTop = this.#box.scrollHeight
  }

  #count() {
    this.#unseen += 1
    this.#more.hidden = false
    const words = this.#unseen === 1 ? this.#words.one : this.#words.many
    this.#more.textContent = `${this.#unseen} ${words} ↓`
  }

  #seen() {
    this.#unseen = 0
    this.#more.hidden = true
  }
}
