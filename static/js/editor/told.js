// Says beneath the text how many people it will tell, and when it grows too long.

const PAUSE = 400

export class Told {
  #editor
  #form
  #told
  #room
  #words
  #known = ""
  #timer

  constructor(editor, form, below, words) {
    this.#editor = editor
    this.#form = form
    this.#words = words
    this.#told = below.querySelector(".told")
    this.#room = below.querySelector(".editor-room")
    form.elements.space?.addEventListener("change", () => { this.#known = ""; this.look() })
  }

  look() {
    this.#showRoom()
    // Of a post that has been told of, an edit tells nobody.
    if ("told" in this.#form.dataset) return
    const mentions = []
    this.#editor.state.doc.descendants(({ type, attrs }) => {
      if (type.name === "mention") mentions.push(attrs.href)
    })
    const named = [...new Set(mentions)].sort().join(" ")
    if (named === this.#known) return
    this.#known = named
    clearTimeout(this.#timer)
    if (named) this.#timer = setTimeout(() => this.#ask(), PAUSE)
    else this.#told.textContent = ""
  }

  #showRoom() {
    const left = Number(this.#words.most) - this.#editor.state.doc.textContent.length
    const words = left < 0 ? this.#words.over : left < 1000 ? this.#words.left : ""
    this.#room.textContent = words.replace("%n", Math.abs(left))
    this.#room.classList.toggle("bad", left < 0)
  }

  async #ask() {
    const data = new FormData()
    data.append("csrfmiddlewaretoken", this.#form.elements.csrfmiddlewaretoken.value)
    data.append("space", this.#form.dataset.space ?? this.#form.elements.space.value)
    data.append("body", this.#editor.getHTML())
    try {
      const answer = await fetch(`${this.#form.dataset.writing}discussions/names/count/`, { method: "POST", body: data })
      if (!answer.ok || answer.redirected) return
      const { words, is_many: isMany } = await answer.json()
      this.#told.textContent = isMany ? `${words} ${this.#words.many}` : words
      this.#told.classList.toggle("told--many", isMany)
    } catch {
      this.#known = ""
    }
  }
}
