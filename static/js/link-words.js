// <link-words data-address="…"> around the field of a link: asks the server what the page there says
// of itself, and puts that where nothing was typed.

class LinkWords extends HTMLElement {
  connectedCallback() {
    this.#input = this.querySelector("input[type=url]")
    this.#status = this.querySelector("[role=status]")
    this.#input.addEventListener("paste", () => setTimeout(this.#look))
    this.#input.addEventListener("change", this.#look)
  }

  #input
  #status
  #asked = ""

  // People give addresses as they say them; browsers ask for the whole.
  #complete() {
    const said = this.#input.value.trim()
    if (/^[^\s:/?#]+\.[^\s:/?#]{2,}([/?#]|$)/.test(said)) this.#input.value = `https://${said}`
  }

  #look = async () => {
    this.#complete()
    const { form, value } = this.#input
    const url = value.trim()
    if (!url || !this.#input.validity.valid || url === this.#asked || form.elements.title.value.trim()) return
    this.#asked = url
    this.#status.textContent = this.dataset.looking
    const words = await this.#ask(form, url)
    // Somebody may have gone on to another link.
    if (url !== this.#input.value.trim()) return
    this.#status.textContent = words.title ? this.dataset.found : this.dataset.nothing
    this.#fill(form.elements.title, words.title)
    this.#fill(form.elements.description, words.description)
  }

  async #ask(form, url) {
    const body = new FormData()
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    body.set("url", url)
    try {
      const answer = await fetch(this.dataset.address, { method: "POST", body })
      return answer.ok && !answer.redirected ? await answer.json() : {}
    } catch {
      return {}
    }
  }

  #fill(field, text) {
    if (!text || field.value.trim()) return
    field.value = text
    field.closest("details")?.setAttribute("open", "")
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

customElements.define("link-words", LinkWords)
