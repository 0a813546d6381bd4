// <live-room> keeps a session's chat alive over the transcript that the page came with.
// The server's order is the only one: lines stand by seq, and what one wrote oneself waits
// at the end until the server has given it its place.

import { Link } from "./live-room-link.js"
import { LineList } from "./live-room-lines.js"
import { Outbox } from "./live-room-outbox.js"

class LiveRoom extends HTMLElement {
  #link
  #lines
  #outbox
  #words
  #epoch
  #rev
  #mayWrite

  connectedCallback() {
    this.#words = this.querySelector("[data-words]").dataset
    this.#epoch = this.dataset.epoch
    this.#rev = Number(this.dataset.rev)
    this.#mayWrite = this.dataset.mayWrite === "yes"
    this.#lines = new LineList(this, this.#words)
    this.#outbox = new Outbox(`room:${this.dataset.me}:${this.dataset.session}`, {
      send: (line) => this.#link.send({ type: "msg", client_id: line.id, text: line.text }),
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
    }
    this.addEventListener("click", (event) => {
      const id = event.target.closest("[data-again], [data-drop]")?.dataset
      if (id?.again) this.#outbox.again(id.again)
      if (id?.drop) this.#outbox.drop(id.drop)
      if (event.target.closest("[data-reopen]")) this.#link.open()
      const act = event.target.closest("button[form=moderation]")
      if (act) this.#moderate(event, act)
    })
  }

  #say(box) {
    const text = box.value.trim()
    if (!text || !this.#mayWrite) return
    this.#outbox.put(text)
    box.value = ""
    box.focus()
    this.#lines.toEnd()
  }

  // Removing goes over the page's own form; the room hears of it like everybody else.
  async #moderate(event, button) {
    event.preventDefault()
    button.disabled = true
    const body = new FormData(document.getElementById("moderation"))
    try {
      await fetch(button.formAction, { method: "POST", body, redirect: "manual" })
    } catch {
      document.querySelector("toast-region")?.say(this.#words.unreached, "error")
    } finally {
      button.disabled = false
    }
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
      case "state":
        this.#setMayWrite(frame.may_write)
        break
      case "msg":
        this.#outbox.settle(frame.by?.id === Number(this.dataset.me) ? frame.client_id : "")
        this.#lines.add(frame)
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
        this.#showPeople(frame)
        break
      case "resync":
        this.#fetchAnew()
    }
  }

  #setMayWrite(may) {
    this.#mayWrite = may
    const form = this.querySelector("[data-say]")
    if (form) form.hidden = !may
  }

  // Too far behind to be told line by line: take the page's transcript as it is now.
  async #fetchAnew() {
    try {
      const answer = await fetch(this.dataset.page, { headers: { accept: "text/html" } })
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const fresh = page.querySelector("live-room")
      if (!fresh) return location.reload()
      this.#epoch = fresh.dataset.epoch
      this.#rev = Number(fresh.dataset.rev)
      this.#lines.replace(fresh.querySelector("[data-log]"))
      this.#outbox.forgetStored()
      this.#resume()
    } catch {
      this.#link.retry()
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

  #showPeople({ count, people }) {
    const place = this.querySelector("[data-presence]")
    const alone = count === 1 && people[0]?.id === Number(this.dataset.me)
    place.hidden = count === 0
    place.querySelector("[data-here]").textContent = alone
      ? this.#words.hereOne
      : this.#words.hereMany.replace("{n}", count)
    const rows = people.map((who) => {
      const row = document.createElement("li")
      row.textContent = who.team ? `${who.name}, ${who.team}` : who.name
      return row
    })
    if (count > people.length) {
      const others = document.createElement("li")
      others.textContent = this.#words.others.replace("{n}", count - people.length)
      rows.push(others)
    }
    place.querySelector("[data-people]").replaceChildren(...rows)
  }
}

customElements.define("live-room", LiveRoom)
