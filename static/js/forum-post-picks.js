// <post-picks> takes the answers to a post along when it is ticked, and leaves them when it is not.
// Without scripts each is ticked on its own.

class PostPicks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this.#follow)
  }

  #follow = event => {
    const { checked, dataset } = event.target
    for (const below of this.querySelectorAll(`[data-path^="${dataset.path}"]`)) below.checked = checked
  }
}

customElements.define("post-picks", PostPicks)
