// One socket that comes back: with growing, uneven pauses, so that a restarted server is not met
// by everybody at once; and without waiting for a connection that died without a word.

const FIRST_WAIT = 1000
// A restart is over in seconds; only a long outage is asked after more rarely.
const LONGEST_WAIT = 6000
const RARELY = 30_000
const SHORT_OUTAGE = 20
const SILENCE = 45_000
const SIGNED_OUT = 4401
const FORBIDDEN = 4403
const ELSEWHERE = 4409
const ANSWER_FIRST = 4412

export class Link {
  #url
  #tell
  #socket
  #failures = 0
  #timer
  #silence
  #stopped = true

  constructor(path, tell) {
    this.#url = new URL(path, location.href)
    this.#url.protocol = this.#url.protocol.replace("http", "ws")
    this.#tell = tell
  }

  open() {
    this.#stopped = false
    addEventListener("online", this.#wake)
    addEventListener("offline", this.#wake)
    document.addEventListener("visibilitychange", this.#wake)
    this.#connect()
  }

  stop() {
    this.#stopped = true
    removeEventListener("online", this.#wake)
    removeEventListener("offline", this.#wake)
    document.removeEventListener("visibilitychange", this.#wake)
    this.#letGo()
  }

  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  sendBytes(bytes) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(bytes)
    return true
  }

  retry() {
    this.#letGo()
    this.#later()
  }

  #connect() {
    this.#letGo()
    this.#tell.state(this.#failures ? "reconnecting" : "connecting")
    const socket = new WebSocket(this.#url)
    socket.binaryType = "arraybuffer"
    this.#socket = socket
    let opened = false
    this.#listenForSilence()
    socket.onopen = () => {
      opened = true
      this.#listenForSilence()
    }
    socket.onmessage = ({ data }) => {
      this.#listenForSilence()
      if (typeof data !== "string") return this.#tell.heardBytes(new Uint8Array(data))
      const frame = JSON.parse(data)
      if (frame.type === "hello") {
        this.#failures = 0
        this.#tell.state("online")
        this.#tell.opened()
      }
      this.#tell.heard(frame)
    }
    socket.onclose = ({ code }) => this.#closed(code, opened)
  }

  async #closed(code, opened) {
    this.#letGo()
    if (this.#stopped) return
    if (code === ELSEWHERE) return this.#end("elsewhere")
    if (code === ANSWER_FIRST) return this.#end("answerFirst")
    if (!opened || code === SIGNED_OUT || code === FORBIDDEN) {
      // A refused socket does not say why; the page it belongs to does.
      const verdict = await this.#askThePage()
      if (verdict) return this.#end(verdict)
    }
    if (!this.#stopped) this.#later()
  }

  async #askThePage() {
    try {
      const { status, redirected, url } = await fetch(this.#tell.page, { method: "HEAD" })
      // Inside the cohort only its new norms stand in the way.
      if (redirected) return new URL(url).pathname.startsWith("/c/") ? "norms" : "signedOut"
      return status === 403 || status === 404 ? "forbidden" : ""
    } catch {
      return ""
    }
  }

  #end(state) {
    this.stop()
    this.#tell.state(state)
  }

  #later() {
    this.#tell.state(navigator.onLine ? "reconnecting" : "offline")
    const cap = this.#failures < SHORT_OUTAGE ? LONGEST_WAIT : RARELY
    const longest = Math.min(FIRST_WAIT * 2 ** this.#failures, cap)
    this.#failures += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), 200 + Math.random() * longest)
  }

  // Coming back from sleep or into a network: do not sit out a long pause.
  #wake = () => {
    if (this.#stopped || document.hidden) return
    if (!navigator.onLine) return this.retry()
    if (this.#socket?.readyState === WebSocket.OPEN) return
    this.#failures = Math.min(this.#failures, 1)
    if (this.#socket?.readyState !== WebSocket.CONNECTING) this.#connect()
  }

  #listenForSilence() {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.retry(), SILENCE)
  }

  #letGo() {
    clearTimeout(this.#timer)
    clearTimeout(this.#silence)
    if (!this.#socket) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = undefined
  }
}
