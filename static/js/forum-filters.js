// <forum-filters> applies a filter as soon as it is chosen; without scripts its button does.

class ForumFilters extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-apply]").hidden = true
    this.addEventListener("change", () => this.querySelector("form").requestSubmit())
  }
}

customElements.define("forum-filters", ForumFilters)
