// <forum-filters> applies a filter as soon as it is chosen; without scripts its button does.
// So it does for the keyboard, where each arrow is a choice already and the page would go away.

const isAsLoaded = select => {
  const first = [...select.options].find(option => option.defaultSelected) ?? select.options[0]
  return first.selected
}

class ForumFilters extends HTMLElement {
  connectedCallback() {
    const apply = this.querySelector("[data-apply]")
    let isByKeys = false
    // What was chosen before this script came waits for the button.
    apply.hidden = [...this.querySelectorAll("select")].every(isAsLoaded)
    this.addEventListener("keydown", () => { isByKeys = true })
    this.addEventListener("pointerdown", () => { isByKeys = false })
    this.addEventListener("change", () => {
      if (isByKeys) apply.hidden = false
      else this.querySelector("form").requestSubmit()
    })
  }
}

// On phones the tabs are one line that scrolls: the chosen one comes into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })

customElements.define("forum-filters", ForumFilters)
