// What was written and is not acknowledged yet. It is kept in this browser and sent again, always
// with the same id, so that the server stores it once however often it arrives.

import { newKey } from "./live-room-posting.js"

const PAUSE_AFTER_ERROR = 3

export class Outbox {
  #key
  #tell
  #lines
  #timer

  constructor(key, tell) {
    this.#key = key
    this.#tell = tell
    this.#lines = this.#load()
  }

  show() {
    this.#tell.changed(this.#lines)
  }

  rest() {
    clearTimeout(this.#timer)
  }

  put(text, answers) {
    const line = { id: newKey(), text, answers, state: "sending" }
    this.#lines.push(line)
    this.#keep()
    this.#send(line)
  }

  sendAll() {
    for (const line of this.#lines) if (line.state !== "failed") this.#send(line)
  }

  wait() {
    for (const line of this.#lines) if (line.state === "sending") line.state = "waiting"
    this.show()
  }

  again(id) {
    const line = this.#find(id)
    if (line) this.#send(line)
  }

  drop(id) {
    this.#remove(id)
  }

  // Stored: its line is on its way here, or here already.
  acknowledge(id) {
    const line = this.#find(id)
    if (line) line.state = "stored"
    this.#save()
  }

  // After the transcript was taken anew, what is stored stands in it.
  forgetStored() {
    this.#lines = this.#lines.filter((line) => line.state !== "stored")
    this.show()
  }

  settle(id) {
    if (id) this.#remove(id)
  }

  refuse({ code, client_id, retry_after }) {
    const line = this.#find(client_id)
    if (!line) return
    if (code === "slow" || code === "unavailable") {
      line.state = code === "slow" ? "slow" : "waiting"
      clearTimeout(this.#timer)
      const wait = (retry_after ?? PAUSE_AFTER_ERROR) * 1000
      this.#timer = setTimeout(() => this.sendAll(), wait)
    } else {
      line.state = "failed"
      line.why = code
    }
    this.#keep()
  }

  #send(line) {
    line.state = this.#tell.send(line) ? "sending" : "waiting"
    delete line.why
    this.show()
  }

  #find(id) {
    return this.#lines.find((line) => line.id === id)
  }

  #remove(id) {
    if (!this.#find(id)) return
    this.#lines = this.#lines.filter((line) => line.id !== id)
    this.#keep()
  }

  #keep() {
    this.#save()
    this.show()
  }

  #save() {
    try {
      const unsent = this.#lines.filter((line) => line.state !== "stored")
      if (unsent.length) localStorage.setItem(this.#key, JSON.stringify(unsent))
      else localStorage.removeItem(this.#key)
    } catch {
      // A private window may refuse to keep anything; then it lives as long as the page.
    }
  }

  #load() {
    try {
      const lines = JSON.parse(localStorage.getItem(this.#key) ?? "[]")
      return lines.map((line) => ({ ...line, state: line.state === "failed" ? "failed" : "waiting" }))
    } catch {
      return []
    }
  }
}
