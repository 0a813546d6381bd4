// <push-device> asks the browser for leave, subscribes it to its maker's push service, and tells us
// where that is. The browser keeps the secret; what we send only it can read.

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window

class PushDevice extends HTMLElement {
  async connectedCallback() {
    this.form = this.querySelector("form")
    this.words = this.querySelector("[data-words]")
    if (!able()) return this.#say("unable")
    if (Notification.permission === "denied") return this.#say("denied")
    const worker = await navigator.serviceWorker.register("/sw.js")
    const subscription = await worker.pushManager.getSubscription()
    if (subscription && this.#hasOurKey(subscription) && "here" in this.dataset) return this.#say("on")
    this.words.textContent = ""
    this.form.hidden = false
    this.form.addEventListener("submit", event => {
      event.preventDefault()
      this.#subscribe()
    })
  }

  async #subscribe() {
    if (await Notification.requestPermission() !== "granted") return this.#say("denied")
    try {
      const worker = await navigator.serviceWorker.ready
      const old = await worker.pushManager.getSubscription()
      if (old && !this.#hasOurKey(old)) await old.unsubscribe()
      const options = { userVisibleOnly: true, applicationServerKey: bytes(this.dataset.key) }
      if (await this.#keep(await worker.pushManager.subscribe(options))) location.reload()
    } catch {
      this.#say("failed")
    }
  }

  async #keep(subscription) {
    const { endpoint, keys } = subscription.toJSON()
    const body = new FormData(this.form)
    body.set("endpoint", endpoint)
    body.set("p256dh", keys.p256dh)
    body.set("auth", keys.auth)
    const answer = await fetch("/me/devices/", { method: "POST", body })
    // Where the same person signs in again, <bell-link> says that the device is there.
    if (answer.ok) localStorage.setItem("push-for", document.documentElement.dataset.person)
    if (answer.status === 422) this.words.textContent = (await answer.json()).words
    else if (!answer.ok) this.#say("failed")
    return answer.ok
  }

  #hasOurKey(subscription) {
    const key = subscription.options.applicationServerKey
    return key && text(new Uint8Array(key)) === this.dataset.key
  }

  #say(state) {
    this.form.hidden = state !== "failed"
    this.words.textContent = this.dataset[state]
  }
}

const bytes = key => Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), sign => sign.charCodeAt(0))
const text = raw => btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

customElements.define("push-device", PushDevice)
