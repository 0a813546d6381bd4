// Files pasted, dropped or chosen: sent at once, shown with how far they are, put into the text
// when the server has them. What fails can be tried again.

const pending = new Set()

window.addEventListener("submit", event => {
  const waiting = [...pending].find(upload => upload.form === event.target)
  if (!waiting) return
  event.preventDefault()
  event.stopImmediatePropagation()
  waiting.warn()
}, { capture: true })

export class Uploads {
  #editor
  #form
  #list
  #words
  #input

  constructor(editor, form, below, words) {
    this.#editor = editor
    this.#form = form
    this.#words = words
    this.#list = below.querySelector(".uploads")
    this.#input = Object.assign(document.createElement("input"), { type: "file", multiple: true, hidden: true })
    this.#input.addEventListener("change", () => {
      for (const file of this.#input.files) this.#send(file)
      this.#input.value = ""
    })
    below.append(this.#input)
  }

  choose() {
    this.#input.click()
  }

  // True where there were files to take. Office programs put a picture beside copied text.
  take(event, data) {
    const files = [...data?.files ?? []]
    if (!files.length || data.getData("text/html") && event.type === "paste" && data.getData("text/plain")) return false
    event.preventDefault()
    if (event.type === "drop") {
      const place = this.#editor.view.posAtCoords({ left: event.clientX, top: event.clientY })
      if (place) this.#editor.commands.setTextSelection(place.pos)
    }
    for (const file of files) this.#send(file)
    return true
  }

  #send(file) {
    const line = document.createElement("li")
    const name = Object.assign(document.createElement("span"), { className: "uploads__name", textContent: file.name })
    const bar = Object.assign(document.createElement("progress"), { className: "progress", max: 1, value: 0 })
    bar.setAttribute("aria-label", `${this.#words.uploading} ${file.name}`)
    const words = Object.assign(document.createElement("span"), { className: "uploads__words" })
    words.setAttribute("role", "alert")
    line.append(name, bar, words)
    this.#list.hidden = false
    this.#list.append(line)

    const request = new XMLHttpRequest()
    const upload = { form: this.#form, warn: () => { words.textContent = this.#words.wait } }
    const settle = () => {
      pending.delete(upload)
      for (const button of line.querySelectorAll("button")) button.remove()
    }
    const leave = () => {
      settle()
      line.remove()
      this.#list.hidden = !this.#list.children.length
      this.#editor.commands.focus()
    }
    const fail = (why, mayRetry = true) => {
      settle()
      bar.remove()
      words.textContent = why
      if (mayRetry) line.append(this.#button(this.#words.retry, file.name, () => { leave(); this.#send(file) }))
      line.append(this.#button(this.#words.dismiss, file.name, leave))
    }
    pending.add(upload)
    line.append(this.#button(this.#words.cancel, file.name, () => { request.abort(); leave() }))

    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = total ? loaded / total : 0 })
    request.addEventListener("error", () => fail(this.#words.unreachable))
    request.addEventListener("load", () => {
      let answer = {}
      try { answer = JSON.parse(request.responseText) } catch { /* a page: of signing in, or an error */ }
      if (request.status === 422) return fail(answer.error ?? this.#words.refused, false)
      if (request.status !== 201) return fail(answer.error ?? (request.responseURL.includes("/accounts/") ? this.#words.signedOut : this.#words.refused))
      settle()
      line.remove()
      this.#list.hidden = !this.#list.children.length
      this.#put(answer)
    })
    const data = new FormData()
    data.append("csrfmiddlewaretoken", this.#form.elements.csrfmiddlewaretoken.value)
    data.append("file", file)
    request.open("POST", `${this.#form.dataset.writing}attachments/`)
    request.send(data)
  }

  #button(words, name, act) {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "button button--small button--quiet", textContent: words,
    })
    button.setAttribute("aria-label", `${words}: ${name}`)
    button.addEventListener("click", act)
    return button
  }

  #put({ url, name, width, height }) {
    const content = width
      ? { type: "image", attrs: { src: url, alt: name.replace(/\.[^.]*$/, ""), width, height } }
      : [{ type: "text", text: name, marks: [{ type: "link", attrs: { href: url } }] }, { type: "text", text: " " }]
    const at = this.#editor.state.selection.to
    this.#editor.chain().insertContentAt(at, content).run()
  }
}
