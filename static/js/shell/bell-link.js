// <bell-link> keeps the number at the bell, and before the page's title, as it is now. It begins
// once the page has loaded; without scripts the number is that of the page.

const ENDS = new Set([4401, 4403, 4409])
const FIRST_WAIT = 2000
const LONGEST_WAIT = 60_000

class BellLink extends HTMLElement {
  #title = document.title
  #failures = 0
  #socket
  #timer

  connectedCallback() {
    this.#show(Number(this.dataset.unread))
    const begin = () => {
      this.#timer = setTimeout(() => this.#open(), 500)
      renewDevice()
    }
    if (document.readyState === "complete") begin()
    else addEventListener("load", begin, { once: true })
    // A page with an open socket is not kept for going back to.
    addEventListener("pagehide", () => this.#close())
    addEventListener("pageshow", event => event.persisted && this.#open())
    addEventListener("online", () => this.#open())
  }

  disconnectedCallback() {
    this.#close()
  }

  #open() {
    this.#close()
    const url = new URL(this.dataset.socket, location.href)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = this.#socket = new WebSocket(url)
    socket.onmessage = event => {
      this.#failures = 0
      this.#show(JSON.parse(event.data).unread)
    }
    socket.onclose = event => {
      if (socket !== this.#socket || ENDS.has(event.code)) return
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++)
      this.#timer = setTimeout(() => this.#open(), wait * (0.5 + Math.random()))
    }
  }

  #close() {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #show(unread) {
    const words = unread === 1 ? this.dataset.one : unread ? this.dataset.many : this.dataset.none
    const count = this.querySelector(".bell__count")
    count.textContent = unread > 99 ? "99+" : unread
    count.hidden = !unread
    this.querySelector("a").setAttribute("aria-label", words.replace("{n}", unread))
    document.title = unread ? `(${count.textContent}) ${this.#title}` : this.#title
    document.dispatchEvent(new CustomEvent("bell:unread", { detail: unread }))
  }
}

// A device that is told things says now and then that the same person is signed in there.
async function renewDevice() {
  try {
    if (localStorage.getItem("push-for") !== document.documentElement.dataset.person) return
    if (sessionStorage.getItem("push-renewed")) return
    const worker = await navigator.serviceWorker?.getRegistration("/")
    const subscription = await worker?.pushManager.getSubscription()
    if (!subscription) return
    const body = new FormData()
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
    body.set("endpoint", subscription.endpoint)
    body.set("renew", "")
    const answer = await fetch("/me/devices/", { method: "POST", body })
    sessionStorage.setItem("push-renewed", "1")
    if (answer.status === 404) localStorage.removeItem("push-for")
  } catch {
    // Private windows may have no such places; nothing depends on it.
  }
}

customElements.define("bell-link", BellLink)
