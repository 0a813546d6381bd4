// <theme-switch> follows the system's color scheme, or the person's own choice on this device.

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    // It has them with it: where htmx puts in a whole page, the rest comes after it.
    this.replaceChildren(document.importNode(this.querySelector("template").content, true))
    this.addEventListener("click", this.#choose)
    this.#show()
  }

  #choose = ({ target }) => {
    const button = target.closest("button")
    if (!button) return
    const root = document.documentElement
    // Without the fades, which would run from one scheme's colors into the other's.
    root.classList.add("still")
    requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove("still")))
    if (button.value) root.dataset.theme = button.value
    else delete root.dataset.theme
    try {
      if (button.value) localStorage.setItem("theme", button.value)
      else localStorage.removeItem("theme")
    } catch { /* it holds for this page then */ }
    this.#show()
  }

  #show() {
    const theme = document.documentElement.dataset.theme ?? ""
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme))
    }
  }
}

customElements.define("theme-switch", ThemeSwitch)
