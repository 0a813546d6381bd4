// Typing @ offers people and teams who read there. The text field is a combobox meanwhile.

const ASKED = /(?:^|[\s(“"'[])@([\p{L}\p{N}][^@\n]{0,40}|)$/u
const PAUSE = 150
let made = 0

export class Names {
  #editor
  #form
  #box
  #list
  #words
  #names = []
  #at = 0
  #range
  #timer
  #asking
  #dismissed

  constructor(editor, form, field, parts) {
    this.#editor = editor
    this.#form = form
    this.#words = parts.words
    this.#box = parts.make("names")
    this.#list = this.#box.querySelector("ul")
    this.#list.id = `names-${made += 1}`
    field.append(this.#box)
    this.#list.addEventListener("pointerdown", event => event.preventDefault())
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]")
      if (option) this.#take([...this.#list.children].indexOf(option))
    })
    editor.on("transaction", () => this.#look())
    editor.on("blur", () => this.#close())
  }

  // The button: an @ as one types it.
  begin() {
    const { $from } = this.#editor.state.selection
    const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 1), $from.parentOffset)
    this.#editor.chain().focus().insertContent(before && !/\s/.test(before) ? " @" : "@").run()
  }

  // Whether the key was for the list.
  key(event) {
    if (this.#box.hidden) return false
    if (event.key === "Escape") {
      this.#dismissed = this.#range?.from
      this.#close()
    } else if (event.key === "ArrowDown") this.#point(this.#at + 1)
    else if (event.key === "ArrowUp") this.#point(this.#at - 1)
    else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey && this.#names.length) this.#take(this.#at)
    else return false
    event.preventDefault()
    return true
  }

  #look() {
    const { empty, $from } = this.#editor.state.selection
    const isText = empty && $from.parent.isTextblock && !$from.parent.type.spec.code
    const before = isText ? $from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc") : ""
    const asked = ASKED.exec(before)
    const from = asked && $from.pos - asked[1].length - 1
    if (!asked || from === this.#dismissed || asked[1].split(/\s+/).length > 4) return this.#close()
    this.#dismissed = undefined
    this.#range = { from, to: $from.pos }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(asked[1]), PAUSE)
  }

  async #ask(q) {
    this.#asking?.abort()
    this.#asking = new AbortController()
    const space = this.#form.dataset.space ?? this.#form.elements.space.value
    const query = new URLSearchParams({ space, q })
    try {
      const answer = await fetch(`${this.#form.dataset.writing}discussions/names/?${query}`, { signal: this.#asking.signal })
      if (!answer.ok || answer.redirected) return
      this.#open((await answer.json()).names)
    } catch { /* a newer question took its place, or the server is away */ }
  }

  #open(names) {
    if (!names.length || !this.#editor.isFocused) return this.#close()
    this.#names = names
    this.#list.replaceChildren(...names.map(({ name, detail, kind }, n) => {
      const option = document.createElement("li")
      option.id = `${this.#list.id}-${n}`
      option.setAttribute("role", "option")
      option.className = `names__name names__name--${kind}`
      const [strong, small] = [document.createElement("strong"), document.createElement("span")]
      strong.textContent = name
      small.textContent = detail
      option.append(strong, small)
      return option
    }))
    this.#box.hidden = false
    this.#place()
    const { dom } = this.#editor.view
    dom.setAttribute("role", "combobox")
    dom.removeAttribute("aria-multiline")
    dom.setAttribute("aria-autocomplete", "list")
    dom.setAttribute("aria-expanded", "true")
    dom.setAttribute("aria-controls", this.#list.id)
    this.#point(0)
  }

  #close() {
    clearTimeout(this.#timer)
    this.#asking?.abort()
    if (this.#box.hidden) return
    this.#box.hidden = true
    this.#names = []
    const { dom } = this.#editor.view
    for (const name of ["aria-autocomplete", "aria-expanded", "aria-controls", "aria-activedescendant"]) dom.removeAttribute(name)
    dom.setAttribute("role", "textbox")
    dom.setAttribute("aria-multiline", "true")
  }

  #point(at) {
    const options = [...this.#list.children]
    this.#at = (at + options.length) % options.length
    options.forEach((option, n) => option.setAttribute("aria-selected", n === this.#at))
    options[this.#at].scrollIntoView({ block: "nearest" })
    this.#editor.view.dom.setAttribute("aria-activedescendant", options[this.#at].id)
  }

  // Below what is typed; a narrow field gives it its whole width.
  #place() {
    const around = this.#box.parentElement.getBoundingClientRect()
    const caret = this.#editor.view.coordsAtPos(this.#range.from)
    const room = Math.max(0, around.width - this.#box.offsetWidth)
    this.#box.style.insetBlockStart = `${caret.bottom - around.top + 4}px`
    this.#box.style.insetInlineStart = `${Math.min(Math.max(0, caret.left - around.left), room)}px`
    this.#box.scrollIntoView({ block: "nearest" })
  }

  #take(at) {
    const { name, url } = this.#names[at]
    const range = this.#range
    this.#close()
    this.#editor.chain().focus().insertContentAt(range, [
      { type: "mention", attrs: { name, href: url } }, { type: "text", text: " " },
    ]).run()
  }
}
