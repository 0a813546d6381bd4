// <forum-filters> applies a filter as soon as it is chosen; without scripts its button does.

class ForumFilters extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-apply]").hidden = true
    this.addEventListener("change", () => this.querySelector("form").requestSubmit())
  }
}

// On phones the tabs are one line that scrolls: the chosen one comes into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })

customElements.define("forum-filters", ForumFilters)
