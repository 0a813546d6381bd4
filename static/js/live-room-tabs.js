// <room-tabs> shows one part of the room at a time where there is no room for all. Without scripts
// the parts follow each other, and the tabs lead to them.

class RoomTabs extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']")
      const name = link && this.#partOf(link.hash)
      if (!name) return
      if (link.dataset.tab) event.preventDefault()
      this.show(name)
    })
    this.show(this.#partOf(location.hash) || "chat")
  }

  show(name) {
    this.dataset.tab = name
    for (const tab of this.querySelectorAll("[data-tab]")) {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "true")
      else tab.removeAttribute("aria-current")
    }
    this.count(name, 0)
    this.dispatchEvent(new CustomEvent("room:tab", { detail: name }))
  }

  isShown(name) {
    return this.querySelector(`[data-panel="${name}"]`).checkVisibility()
  }

  count(name, number) {
    const place = this.querySelector(`[data-count="${name}"]`)
    if (name === "questions" && !number) return
    place.hidden = !number
    place.textContent = number || ""
  }

  addOne(name) {
    const shown = Number(this.querySelector(`[data-count="${name}"]`).textContent) || 0
    if (!this.isShown(name)) this.count(name, shown + 1)
  }

  #partOf(hash) {
    if (!hash) return ""
    const place = document.getElementById(hash.slice(1))
    return place?.closest("[data-panel]")?.dataset.panel ?? ""
  }
}

customElements.define("room-tabs", RoomTabs)
