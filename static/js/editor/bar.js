// The editor's buttons: one stop for Tab, arrow keys within.

const TOGGLES = {
  bold: editor => editor.chain().focus().toggleBold().run(),
  italic: editor => editor.chain().focus().toggleItalic().run(),
  bulletList: editor => editor.chain().focus().toggleBulletList().run(),
  orderedList: editor => editor.chain().focus().toggleOrderedList().run(),
  blockquote: editor => editor.chain().focus().toggleBlockquote().run(),
  heading: editor => editor.chain().focus().toggleHeading({ level: 2 }).run(),
}

const ACTS = {
  ...TOGGLES,
  undo: editor => editor.chain().focus().undo().run(),
  table: editor => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  addRowAfter: editor => editor.chain().focus().addRowAfter().run(),
  addColumnAfter: editor => editor.chain().focus().addColumnAfter().run(),
  deleteRow: editor => editor.chain().focus().deleteRow().run(),
  deleteColumn: editor => editor.chain().focus().deleteColumn().run(),
  deleteTable: editor => editor.chain().focus().deleteTable().run(),
  // Within a line it is code; several lines become a block of it.
  code: editor => {
    const { $from, $to } = editor.state.selection
    const chain = editor.chain().focus()
    if (editor.isActive("codeBlock") || !$from.sameParent($to)) chain.toggleCodeBlock().run()
    else chain.toggleCode().run()
  },
}

export class Bar {
  #editor
  #uploads
  #names
  #parts
  #waiting

  constructor(parts) {
    this.#parts = parts
    this.element = parts.make("bar")
    this.element.addEventListener("click", ({ target }) => {
      const button = target.closest("button")
      if (button) this.act(button.dataset.act)
    })
    // The text keeps its selection while a button is pressed.
    this.element.addEventListener("pointerdown", event => event.preventDefault())
    this.element.addEventListener("keydown", this.#key)
    this.#offer(this.#buttons[0])
  }

  // For a text that holds words alone.
  without(...acts) {
    for (const act of acts) this.element.querySelector(`[data-act=${act}]`).remove()
  }

  attach(editor, uploads, names) {
    this.#editor = editor
    this.#uploads = uploads
    this.#names = names
    editor.on("transaction", () => {
      this.#waiting ??= requestAnimationFrame(() => {
        this.#waiting = undefined
        this.#show()
      })
    })
    this.#show()
  }

  act(name) {
    if (name === "link") this.#askLink()
    else if (name === "describe") this.#askWords()
    else if (name === "file") this.#uploads.choose()
    else if (name === "mention") this.#names.begin()
    else ACTS[name](this.#editor)
  }

  get #buttons() {
    return [...this.element.querySelectorAll("button")].filter(button => !button.closest("[hidden]"))
  }

  #offer(button) {
    for (const each of this.element.querySelectorAll("button")) each.tabIndex = each === button ? 0 : -1
  }

  #key = event => {
    const buttons = this.#buttons
    const at = buttons.indexOf(event.target)
    const to = {
      ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1,
    }[event.key]
    if (event.key === "Escape") this.#editor.view.focus()
    if (to === undefined) return
    event.preventDefault()
    const button = buttons[(to + buttons.length) % buttons.length]
    this.#offer(button)
    button.focus()
  }

  #show() {
    if (this.#editor.isDestroyed) return
    for (const button of this.element.querySelectorAll("[aria-pressed]")) {
      const { act } = button.dataset
      const isOn = this.#editor.isActive(act) || act === "code" && this.#editor.isActive("codeBlock")
      button.setAttribute("aria-pressed", isOn)
    }
    for (const part of this.element.querySelectorAll("[data-in]")) {
      part.hidden = !this.#editor.isActive(part.dataset.in)
    }
    if (!this.#buttons.some(button => button.tabIndex === 0)) this.#offer(this.#buttons[0])
  }

  async #askLink() {
    const { words } = this.#parts
    const { href } = this.#editor.getAttributes("link")
    const answer = await this.#ask(words.link, words.address, words.addressHelp, href ?? "", Boolean(href))
    const chain = this.#editor.chain().focus().extendMarkRange("link")
    if (answer === null) return this.#editor.commands.focus()
    if (!answer) return chain.unsetLink().run()
    const address = /^(https?:\/\/|mailto:|\/)/i.test(answer) ? answer : `https://${answer}`
    if (this.#editor.state.selection.empty && !href) {
      const text = { type: "text", text: answer, marks: [{ type: "link", attrs: { href: address } }] }
      return this.#editor.chain().focus().insertContent([text, { type: "text", text: " " }]).run()
    }
    return chain.setLink({ href: address }).run()
  }

  async #askWords() {
    const { words } = this.#parts
    const { alt } = this.#editor.getAttributes("image")
    const answer = await this.#ask(words.describe, words.seen, words.seenHelp, alt ?? "", false)
    if (answer !== null) this.#editor.commands.updateAttributes("image", { alt: answer })
    this.#editor.commands.focus()
  }

  // The answer; nothing to take away what is there; null to leave it.
  #ask(title, label, help, value, mayRemove) {
    const dialog = this.#parts.make("question")
    const input = dialog.querySelector("input")
    dialog.querySelector("h2").textContent = title
    dialog.querySelector("label").textContent = label
    dialog.querySelector(".field__help").textContent = help
    dialog.querySelector("[data-none]").hidden = !mayRemove
    input.setAttribute("aria-describedby", "editor-answer-help")
    input.value = value
    document.body.append(dialog)
    dialog.showModal()
    input.select()
    return new Promise(done => dialog.addEventListener("close", () => {
      dialog.remove()
      done({ yes: input.value.trim(), none: "" }[dialog.returnValue] ?? null)
    }, { once: true }))
  }
}
