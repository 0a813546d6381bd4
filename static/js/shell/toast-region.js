// <toast-region> shows what the server or a script has to say, and puts good news away by itself.

const LONG_ENOUGH = 7000

class ToastRegion extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.#dismiss)
    for (const toast of this.children) this.#putAwayLater(toast)
    this.#watch = new MutationObserver(changes => changes
      .flatMap(({ addedNodes }) => [...addedNodes])
      .filter(node => node instanceof Element)
      .forEach(toast => this.#putAwayLater(toast)))
    this.#watch.observe(this, { childList: true })
  }

  disconnectedCallback() {
    this.#watch.disconnect()
  }

  #watch

  say(text, level = "info") {
    const toast = document.createElement("div")
    toast.className = `toast notice--${level}`
    const words = document.createElement("p")
    words.textContent = text
    const button = document.createElement("button")
    button.className = "button button--quiet button--icon"
    button.type = "button"
    button.dataset.dismiss = ""
    button.textContent = "×"
    button.setAttribute("aria-label", document.getElementById("words").dataset.dismiss)
    toast.append(words, button)
    this.replaceChildren(toast)
  }

  #dismiss = ({ target }) => {
    if (target.closest("[data-dismiss]")) target.closest(".toast").remove()
  }

  #putAwayLater(toast) {
    if (toast.matches(".notice--error, .notice--warning")) return
    const leave = () => { toast.matches(":hover, :focus-within") ? wait() : toast.remove() }
    const wait = () => setTimeout(leave, LONG_ENOUGH)
    wait()
  }
}

customElements.define("toast-region", ToastRegion)
