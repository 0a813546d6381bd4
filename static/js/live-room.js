// <live-room> keeps a session's chat alive over the transcript that the page came with.
// The server's order is the only one: lines stand by seq, and what one wrote oneself waits
// at the end until the server has given it its place.

import "./live-room-tabs.js"
import { Agenda } from "./live-room-agenda.js"
import { LineMenu } from "./live-room-menu.js"
import { LineList } from "./live-room-lines.js"
import { Link } from "./live-room-link.js"
import { Outbox } from "./live-room-outbox.js"
import { People } from "./live-room-people.js"
import { Pulses } from "./live-room-pulses.js"
import { post, say } from "./live-room-posting.js"
import { Questions } from "./live-room-questions.js"

const TYPING_EVERY = 3000

class LiveRoom extends HTMLElement {
  #link
  #lines
  #outbox
  #agenda
  #people
  #questions
  #pulses
  #answers
  #typedAt = 0
  people = 1
  #words
  #epoch
  #rev
  #mayWrite

  connectedCallback() {
    this.#words = this.querySelector("[data-words]").dataset
    this.#epoch = this.dataset.epoch
    this.#rev = Number(this.dataset.rev)
    this.#mayWrite = this.dataset.mayWrite === "yes"
    this.isOpen = this.#mayWrite
    this.mayModerate = this.dataset.mayModerate === "yes"
    this.tabs = this.closest("room-tabs")
    const page = this.tabs ?? document
    this.#agenda = new Agenda(page)
    this.#people = new People(page, this, this.#words)
    this.#questions = new Questions(page, this, this.#words)
    this.#pulses = new Pulses(page, this, this.#words)
    this.#lines = new LineList(this, this.#words)
    this.#openNotesWhenShown()
    new LineMenu(this, this.#words, (seq, name) => this.#answer(seq, name))
    this.#outbox = new Outbox(`room:${this.dataset.me}:${this.dataset.session}`, {
      send: (line) => this.#link.send({ type: "msg", client_id: line.id, text: line.text, ...(line.answers && { answers: line.answers }) }),
      changed: (lines) => this.#lines.showWaiting(lines),
    })
    this.#link = new Link(this.dataset.url, {
      opened: () => this.#resume(),
      heard: (frame) => this.#hear(frame),
      state: (state) => this.#showState(state),
      page: this.dataset.page,
    })
    this.#listen()
    this.#outbox.show()
    this.#link.open()
  }

  disconnectedCallback() {
    this.#link?.stop()
    this.#outbox?.rest()
  }

  #listen() {
    const form = this.querySelector("[data-say]")
    if (form) {
      const box = form.querySelector("textarea")
      form.addEventListener("submit", (event) => {
        event.preventDefault()
        this.#say(box)
      })
      box.addEventListener("keydown", (event) => {
        // While a word is being composed (Japanese, accents) Enter belongs to that.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
        event.preventDefault()
        this.#say(box)
      })
      box.addEventListener("input", () => this.#type())
      this.querySelector("[data-answer-nobody]").addEventListener("click", () => this.#answer(0))
    }
    this.addEventListener("click", (event) => {
      const id = event.target.closest("[data-again], [data-drop]")?.dataset
      if (id?.again) this.#outbox.again(id.again)
      if (id?.drop) this.#outbox.drop(id.drop)
      if (event.target.closest("[data-reopen]")) this.#link.open()
      const act = event.target.closest("button[form=moderation], button[form=reacting]")
      if (act) this.#press(event, act)
    })
  }

  #say(box) {
    const text = box.value.trim()
    if (!text || !this.#mayWrite) return
    this.#outbox.put(text, this.#answers)
    box.value = ""
    this.#answer(0)
    box.focus()
    this.#lines.toEnd()
  }

  // The next line answers this one; 0: none.
  #answer(seq, name = "") {
    this.#answers = seq
    const place = this.querySelector("[data-answering]")
    if (!place) return
    place.hidden = !seq
    place.querySelector("span").textContent = seq ? this.#words.answering.replace("{name}", name) : ""
    if (seq) this.querySelector("[data-say] textarea").focus()
  }

  #type() {
    if (Date.now() - this.#typedAt < TYPING_EVERY) return
    this.#typedAt = Date.now()
    this.#link.send({ type: "typing" })
  }

  // The notes, and the library they need, are loaded when somebody looks at them.
  #openNotesWhenShown() {
    const place = this.tabs?.querySelector("[data-notes][data-yjs]")
    if (!place) return
    const open = async () => {
      if (!this.tabs.isShown("notes") || place.dataset.opened) return
      place.dataset.opened = "yes"
      const { LiveNotes } = await import("./live-notes.js")
      new LiveNotes(place, this.dataset.page).open()
    }
    this.tabs.addEventListener("room:tab", open)
    open()
  }

  // Removing and reacting go over the page's own forms; the room hears of it like everybody else.
  async #press(event, button) {
    event.preventDefault()
    if (!(await post(button.form, button))) say(this.#words.unreached, "error")
  }

  #resume() {
    this.#link.send({
      type: "resume",
      after_seq: this.#lines.last,
      after_rev: this.#rev,
      epoch: this.#epoch,
    })
    this.#outbox.sendAll()
  }

  #hear(frame) {
    switch (frame.type) {
      case "hello":
        this.#agenda.setClock(frame.now)
        this.#setRights(frame)
        break
      case "state":
        this.#setRights(frame)
        break
      case "beat":
        this.#agenda.setClock(frame.now)
        break
      case "question":
        this.#rev = Math.max(this.#rev, frame.rev)
        this.#questions.hear(frame)
        break
      case "pulse":
        this.#rev = Math.max(this.#rev, frame.rev)
        this.#pulses.hear(frame)
        break
      case "typing":
        this.#people.showTyping(frame.people)
        break
      case "msg":
        this.#outbox.settle(frame.by?.id === Number(this.dataset.me) ? frame.client_id : "")
        this.#lines.add(frame)
        if (frame.by?.id !== Number(this.dataset.me)) this.tabs?.addOne("chat")
        break
      case "edit":
      case "delete":
        this.#rev = Math.max(this.#rev, frame.rev)
        this.#lines.change(frame)
        break
      case "ack":
        this.#outbox.acknowledge(frame.client_id)
        break
      case "error":
        this.#outbox.refuse(frame)
        break
      case "here":
        this.people = frame.count
        this.#people.show(frame)
        break
      case "resync":
        this.#fetchAnew()
    }
  }

  #setRights({ may_write, muted, slow_seconds }) {
    this.#mayWrite = may_write
    const foot = this.querySelector("[data-foot]")
    if (foot) foot.hidden = !may_write
    const why = this.querySelector("[data-why]")
    const slow = may_write && slow_seconds ? this.#words.slowMode.replace("{n}", slow_seconds) : ""
    why.textContent = muted ? this.#words.mutedNow : may_write ? slow : foot ? this.#words.closedNow : ""
    why.hidden = !why.textContent
  }

  // Too far behind to be told line by line: take the page's transcript as it is now.
  async #fetchAnew() {
    const page = await this.fetchPage()
    if (!page) return this.#link.retry()
    const fresh = page.querySelector("live-room")
    if (!fresh) return location.reload()
    this.#epoch = fresh.dataset.epoch
    // What changed in the lane and in pulses is told from the beginning, and what is known already is
    // left alone.
    this.#rev = Math.min(Number(this.dataset.rev), Number(fresh.dataset.rev))
    this.#lines.replace(fresh.querySelector("[data-log]"))
    this.#outbox.forgetStored()
    this.#resume()
  }

  async fetchPage() {
    try {
      const answer = await fetch(this.dataset.page, { headers: { accept: "text/html" } })
      return new DOMParser().parseFromString(await answer.text(), "text/html")
    } catch {
      return null
    }
  }

  #showState(state) {
    const place = this.querySelector("[data-status]")
    const words = this.#words[state] ?? this.#words.connecting
    const dot = { online: "online", connecting: "connecting", reconnecting: "connecting" }
    place.dataset.state = dot[state] ?? "offline"
    if (place.textContent !== words) place.textContent = words
    if (state === "elsewhere") {
      const again = document.createElement("button")
      again.type = "button"
      again.className = "link-button"
      again.dataset.reopen = ""
      again.textContent = this.#words.again
      place.append(" ", again)
    }
    if (state !== "online") this.#outbox.wait()
  }
}

customElements.define("live-room", LiveRoom)
