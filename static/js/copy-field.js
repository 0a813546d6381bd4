// <copy-field>: a field whose words a button puts on the clipboard, and says so.

class CopyField extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input")
    this.button = this.querySelector("button")
    this.button.hidden = false
    this.button.addEventListener("click", () => this.copy())
    this.field.addEventListener("focus", () => this.field.select())
  }

  async copy() {
    this.field.select()
    try {
      await navigator.clipboard.writeText(this.field.value)
    } catch {
      return // It is selected: the keyboard copies it.
    }
    this.button.textContent = this.dataset.done
  }
}

customElements.define("copy-field", CopyField)
