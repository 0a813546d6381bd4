// Keeps what stands in a form on the server while one types: soon after each pause, and at least
// every few seconds. Without the server, the browser's own keeper (draft-keeper.js) has it.

const PAUSE = 3000
const LONGEST = 8000
// What a browser sends for a page that is being left.
const MOST_BYTES = 60_000

class DraftOf {
  #form
  #note
  #timer
  #since = 0
  #sending

  constructor(form, note) {
    this.#form = form
    this.#note = note
    form.addEventListener("input", this.#typed)
    form.addEventListener("change", this.#typed)
    // Before anybody else hears of it: what is sent must not come back as a draft.
    window.addEventListener("submit", this.#submitted, { capture: true })
    window.addEventListener("pagehide", this.#leave)
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#leave() })
  }

  #typed = () => {
    if ("sending" in this.#form.dataset) return
    const now = Date.now()
    this.#since ||= now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#save, Math.max(0, Math.min(PAUSE, this.#since + LONGEST - now)))
  }

  #submitted = ({ target }) => {
    if (target !== this.#form) return
    this.#rest()
    this.#sending?.abort()
  }

  #rest() {
    clearTimeout(this.#timer)
    this.#since = 0
  }

  #leave = () => {
    if (!this.#since) return
    this.#rest()
    const data = this.#data()
    const size = [...data].reduce((sum, [, value]) => sum + value.length, 0)
    if (size < MOST_BYTES) fetch(this.#address, { method: "POST", body: data, keepalive: true, redirect: "manual" }).catch(() => {})
  }

  get #address() {
    return this.#form.dataset.drafts ?? `${this.#form.dataset.writing}discussions/drafts/`
  }

  #data() {
    const data = new FormData(this.#form)
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
    return data
  }

  #save = async () => {
    this.#rest()
    if (!this.#form.isConnected) return
    this.#sending?.abort()
    this.#sending = new AbortController()
    try {
      const answer = await fetch(this.#address, {
        method: "POST", body: this.#data(), redirect: "manual", signal: this.#sending.signal,
      })
      this.#say(this.#wordsFor(answer))
    } catch (error) {
      if (error.name !== "AbortError") this.#say("draftHere")
    }
  }

  #wordsFor({ type, status }) {
    if (status === 204) return "draftSaved"
    if (status === 413) return "draftTooLong"
    return type === "opaqueredirect" || status === 403 ? "draftSignedOut" : "draftHere"
  }

  #say(word) {
    this.#note.textContent = document.getElementById("words").dataset[word]
  }
}

export const keepDraft = form => {
  const note = form.querySelector("[data-draft]")
  return note && new DraftOf(form, note)
}
