// The shared notes: a plain text box bound to a CRDT, so that several people write at once and nobody
// loses a word. What is written without a connection stays in this window and is merged on return.

import { linked } from "./live-room-drawing.js"
import { Link } from "./live-room-link.js"
import { difference, movedBy } from "./live-notes-text.js"

const WANTS = 0
const UPDATE = 1
const SEND_AFTER = 120
const HERE = Symbol("written in this window")

export class LiveNotes {
  #place
  #page
  #yjs
  #doc
  #text
  #box
  #link
  #sent
  #timer
  #late = []
  #composing = false
  #me = Number(document.querySelector("live-room")?.dataset.me)

  constructor(place, page) {
    this.#place = place
    this.#page = page
  }

  async open() {
    this.#yjs = await import(this.#place.dataset.yjs)
    this.#begin()
    if (this.#place.dataset.mayWrite === "yes") this.#makeBox()
    this.#link = new Link(this.#place.dataset.url, {
      opened: () => this.#link.sendBytes(framed(WANTS, this.#yjs.encodeStateVector(this.#doc))),
      heard: (frame) => this.#hear(frame),
      heardBytes: (bytes) => this.#hearBytes(bytes),
      state: (state) => this.#showState(state),
      page: this.#page,
    })
    this.#link.open()
  }

  #begin() {
    this.#doc = new this.#yjs.Doc()
    this.#text = this.#doc.getText("notes")
    this.#sent = this.#yjs.encodeStateVector(this.#doc)
    this.#text.observe((event, { origin }) => origin !== HERE && this.#show(event.delta))
  }

  #makeBox() {
    const box = document.createElement("textarea")
    box.className = "input"
    box.setAttribute("aria-label", this.#place.dataset.label)
    box.dataset.keep = "off"
    box.disabled = true
    box.addEventListener("input", (event) => !event.isComposing && !this.#composing && this.#write())
    box.addEventListener("compositionstart", () => (this.#composing = true))
    box.addEventListener("compositionend", () => this.#endComposing())
    this.#place.querySelector("[data-notes-text]").replaceWith(box)
    this.#place.querySelector("[data-notes-open]")?.closest("p").remove()
    this.#box = box
  }

  // ---------------------------------------------------------------- writing

  #write() {
    const change = difference(this.#text.toString(), this.#box.value)
    if (!change) return
    this.#doc.transact(() => {
      if (change.gone) this.#text.delete(change.at, change.gone)
      if (change.come) this.#text.insert(change.at, change.come)
    }, HERE)
    this.#tell(this.#place.dataset.saving)
    this.#timer ??= setTimeout(() => this.#send(), SEND_AFTER)
  }

  #send() {
    this.#timer = undefined
    const update = this.#yjs.encodeStateAsUpdate(this.#doc, this.#sent)
    if (this.#link.sendBytes(framed(UPDATE, update))) this.#sent = this.#yjs.encodeStateVector(this.#doc)
  }

  // While a word is being composed the box is the keyboard's alone.
  #endComposing() {
    this.#composing = false
    this.#write()
    for (const update of this.#late.splice(0)) this.#yjs.applyUpdate(this.#doc, update)
  }

  // ---------------------------------------------------------------- what others wrote

  #hearBytes(bytes) {
    const body = bytes.subarray(1)
    if (bytes[0] === WANTS) {
      this.#link.sendBytes(framed(UPDATE, this.#yjs.encodeStateAsUpdate(this.#doc, body)))
    } else if (this.#composing) {
      this.#late.push(body)
    } else {
      this.#yjs.applyUpdate(this.#doc, body)
      if (this.#box) this.#box.disabled = false
    }
  }

  #show(delta) {
    const words = this.#text.toString()
    if (!this.#box) {
      return this.#place.querySelector("[data-notes-text]").replaceChildren(...linked(words))
    }
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = this.#box
    this.#box.value = words
    this.#box.setSelectionRange(movedBy(delta, selectionStart), movedBy(delta, selectionEnd), selectionDirection)
    this.#box.scrollTop = scrollTop
  }

  #hear(frame) {
    if (frame.type === "saved") this.#tell(this.#place.dataset.saved)
    if (frame.type === "here") this.#showWriters(frame)
    if (frame.type === "hello" || frame.type === "state") {
      if (this.#box) this.#box.readOnly = !frame.may_write
    }
    if (frame.type === "error" && frame.code === "full") this.#startAnew()
  }

  // What was written last is not taken: this window goes back to what the others have.
  #startAnew() {
    this.#begin()
    if (this.#box) this.#box.value = ""
    this.#tell(this.#place.dataset.full, "offline")
  }

  #showWriters({ people }) {
    const names = people.filter((who) => who.id !== this.#me).map((who) => who.name)
    const place = this.#place.querySelector("[data-notes-writers]")
    place.hidden = names.length === 0
    place.textContent = this.#place.dataset.writers.replace("{names}", names.join(", "))
  }

  #showState(state) {
    if (state === "online") this.#tell(this.#place.dataset.saved, "online")
    else if (state !== "connecting") this.#tell(this.#place.dataset.offline, "offline")
    if (this.#box && ["signedOut", "forbidden", "norms"].includes(state)) this.#box.readOnly = true
  }

  #tell(words, state = "online") {
    const place = document.querySelector("[data-notes-status]")
    place.hidden = false
    place.dataset.state = state
    if (place.textContent !== words) place.textContent = words
  }
}

function framed(kind, bytes) {
  const frame = new Uint8Array(bytes.length + 1)
  frame[0] = kind
  frame.set(bytes, 1)
  return frame
}
