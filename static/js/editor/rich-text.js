// <rich-text> around a textarea. The editor comes when one begins to write, and takes its place;
// until then, and where it cannot be loaded, the textarea is what one writes in.

import { keepDraft } from "./draft.js"
import { isHtml } from "./plain.js"

const forms = new WeakMap()

class Writing {
  constructor(form) {
    this.form = form
    this.draft = keepDraft(form)
    form.addEventListener("focusin", ({ target }) => {
      if (target.closest("rich-text")) this.begin()
    })
    form.addEventListener("forum:quote", ({ detail }) => this.quote(detail))
    form.addEventListener("forum:reply", () => form.elements.body.focus())
  }

  get fields() {
    return [...this.form.querySelectorAll("rich-text")]
  }

  // Loads the editor once; after a failure the next focus tries again.
  begin() {
    this.begun ??= this.#load().catch(error => {
      this.begun = undefined
      if (!(error instanceof TypeError)) throw error
    })
    return this.begun
  }

  async #load() {
    const { form } = this
    const [{ mount }, parts] = await Promise.all([
      import("./writer.js"),
      import("./parts.js").then(({ partsOf }) => partsOf(form.dataset.writing)),
    ])
    await this.#composed()
    for (const field of this.fields) mount(field, form, parts)
    form.elements.is_html.value = "on"
    return true
  }

  // Nobody's half-composed letter is taken away.
  #composed() {
    const area = document.activeElement
    if (!area?.matches("rich-text textarea") || !this.composing) return null
    return new Promise(done => area.addEventListener("compositionend", () => setTimeout(done), { once: true }))
  }

  async quote(detail) {
    const area = this.form.elements.body
    if (await this.begin()) {
      area.closest("rich-text").quote(detail)
      return
    }
    const { quoteAsText } = await import("./plain.js")
    area.value = [area.value.trim(), quoteAsText(detail.html), ""].filter((text, n) => text || n).join("\n\n")
    area.dispatchEvent(new Event("input", { bubbles: true }))
    area.focus()
  }
}

class RichText extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea")
    const { form } = area ?? {}
    if (!form || !("writing" in form.dataset)) return
    if (!forms.has(form)) forms.set(form, new Writing(form))
    const writing = forms.get(form)
    area.addEventListener("compositionstart", () => { writing.composing = true })
    area.addEventListener("compositionend", () => { writing.composing = false })
    const wasHtml = area.value !== area.defaultValue && isHtml(area.value)
    if (wasHtml || this.querySelector("template") || "atOnce" in form.dataset || document.activeElement === area) {
      writing.begin()
    }
  }
}

customElements.define("rich-text", RichText)
