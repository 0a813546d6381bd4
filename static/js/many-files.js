// <many-files> around a file field that takes several: two or more get a row each, and each row is
// an upload of its own with what the form says of all. What fails can be tried again, and is never
// added twice: its form key stays.

class ManyFiles extends HTMLElement {
  connectedCallback() {
    this.#form = this.closest("form")
    this.#list = this.querySelector(".many")
    this.#words = this.querySelector("[data-words]").dataset
    this.#input = this.querySelector("input[type=file]")
    this.#problem = this.querySelector(".many__problem")
    this.addEventListener("change", this.#take)
    window.addEventListener("submit", this.#submit, { capture: true })
    window.addEventListener("beforeunload", this.#stay)
  }

  disconnectedCallback() {
    window.removeEventListener("submit", this.#submit, { capture: true })
    window.removeEventListener("beforeunload", this.#stay)
  }

  #form
  #list
  #words
  #input
  #problem
  #rows = []
  #sending = 0 // rounds of it: one may try again while others are on their way

  #stay = event => { if (this.#sending) event.preventDefault() }

  #take = ({ target }) => {
    if (target !== this.#input) return
    const files = [...this.#input.files]
    if (!files.length || files.length + this.#rows.length < 2) return
    for (const file of files) this.#add(file)
    this.#input.value = ""
    // Whoever shows what is chosen sees that it went.
    this.#input.dispatchEvent(new Event("change", { bubbles: true }))
    this.#show()
  }

  #add(file) {
    const most = Number(this.dataset.most)
    if (this.#rows.length >= most) return this.#say(this.#words.most)
    const row = new Row(file, this.querySelector("template"), this.#words, {
      remove: () => { this.#rows = this.#rows.filter(each => each !== row); this.#show() },
      retry: () => this.#send([row]),
    })
    if (file.size > Number(this.dataset.maxBytes)) row.refuse(this.#words.tooBig)
    this.#rows.push(row)
    this.#list.append(row.element)
  }

  #say(...words) {
    this.#problem.replaceChildren(...words)
    this.#problem.hidden = !words.length
  }

  // One title for all would say little: each row has its own.
  #show() {
    const several = this.#rows.length > 0
    this.#list.hidden = !several
    this.#form.elements.title.closest(".field").hidden = several
    if (!several) this.#say()
    const waiting = this.#rows.filter(row => row.state === "waiting").length
    const button = this.#form.querySelector("button[type=submit]")
    button.dataset.was ??= button.textContent
    button.textContent = waiting ? this.#words.addAll.replace("%n", waiting) : button.dataset.was
    button.hidden = several && (!waiting || this.#sending)
    const isDone = !waiting && !this.#sending && this.#rows.some(row => row.state === "added")
    this.querySelector(".many__done").hidden = !isDone
    this.#form.toggleAttribute("data-added", isDone)
    if (several && this.#rows.every(row => row.state === "added")) this.#settle()
  }

  #submit = event => {
    if (event.target !== this.#form || !this.#rows.length) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (!this.#sending) this.#begin()
  }

  async #begin() {
    const wrong = await this.#lookOver()
    if (wrong.length) {
      this.#say(...wrong)
      this.#problem.focus()
      return
    }
    await this.#send(this.#rows.filter(row => row.state === "waiting"))
  }

  // What the form says of all is looked at before anything large is sent. What is wrong leads to its
  // field, which may be far below.
  async #lookOver() {
    try {
      const data = this.#data()
      const answer = await fetch(this.#form.action, { method: "POST", body: data, headers: { Accept: "application/json" } })
      if (answer.redirected) return [this.#words.signedOut]
      const { errors = {} } = await answer.json()
      delete errors.file
      delete errors.title
      return Object.entries(errors).map(([name, each]) => linkTo(`id_${name}`, each.join(" ")))
    } catch {
      return [this.#words.unreachable]
    }
  }

  #data() {
    const data = new FormData(this.#form)
    for (const name of ["file", "url", "title"]) data.delete(name)
    return data
  }

  async #send(rows) {
    this.#say()
    this.#sending += 1
    this.#show()
    // The button that was pressed is gone: the list says what becomes of the files.
    this.#list.focus({ preventScroll: true })
    rows[0]?.element.scrollIntoView({ block: "nearest" })
    for (const row of rows) {
      await row.send(this.#form.action, this.#data())
    }
    this.#sending -= 1
    this.#show()
  }

  // The keeper of drafts forgets what the server has.
  #settle() {
    const detail = { successful: true, xhr: { status: 201 } }
    this.#form.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true, detail }))
    this.querySelector(".many__done").focus()
  }
}

class Row {
  state = "waiting"
  #key = keyOfItsOwn()
  #file
  #words
  #part
  #request

  constructor(file, template, words, { remove, retry }) {
    this.#file = file
    this.#words = words
    this.element = document.importNode(template.content.firstElementChild, true)
    this.#part = name => this.element.querySelector(`[data-part=${name}]`)
    this.#part("name").textContent = file.name
    this.#part("title").value = titleOf(file.name)
    this.#part("title").setAttribute("aria-label", `${words.title}: ${file.name}`)
    this.#part("bar").setAttribute("aria-label", `${words.uploading}: ${file.name}`)
    this.#on("remove", () => { this.element.remove(); remove() })
    this.#on("cancel", () => this.#cancel())
    this.#on("retry", retry)
    this.#show()
  }

  #on(name, act) {
    const button = this.#part(name)
    button.setAttribute("aria-label", `${button.textContent}: ${this.#file.name}`)
    button.addEventListener("click", act)
  }

  refuse(why, mayRetry = false) {
    this.state = mayRetry ? "failed" : "refused"
    this.#part("why").textContent = why
    this.#show()
  }

  #show() {
    const { state } = this
    this.element.dataset.state = state
    this.#part("bar").hidden = state !== "sending"
    this.#part("cancel").hidden = state !== "sending"
    this.#part("retry").hidden = state !== "failed"
    this.#part("remove").hidden = state === "sending" || state === "added"
    this.#part("title").hidden = state === "added" || state === "refused"
    this.#part("added").hidden = state !== "added"
  }

  // Resolves when it is settled, well or not.
  send(address, data) {
    data.set("title", this.#part("title").value.trim() || this.#file.name)
    data.set("form_key", this.#key)
    data.set("file", this.#file)
    const request = this.#request = new XMLHttpRequest()
    this.state = "sending"
    this.#part("why").textContent = ""
    this.#part("bar").value = 0
    this.#show()
    request.upload.addEventListener("progress", ({ loaded, total }) => { this.#part("bar").value = total ? loaded / total : 0 })
    request.open("POST", address)
    request.setRequestHeader("Accept", "application/json")
    return new Promise(done => {
      request.addEventListener("loadend", () => {
        if (this.state === "sending") this.#settle(request)
        done()
      })
      request.send(data)
    })
  }

  // The server may have it all the same: then trying again finds it there.
  #cancel() {
    this.refuse(this.#words.cancelled, true)
    this.#request.abort()
    this.#part("retry").focus()
  }

  #settle({ status, responseText, responseURL }) {
    let answer = {}
    try { answer = JSON.parse(responseText) } catch { /* a page: of signing in, or an error */ }
    if (status === 201) return this.#added(answer)
    if (status === 422) return this.refuse(Object.values(answer.errors ?? {}).flat().join(" ") || this.#words.refused, !answer.errors?.file)
    const isAway = status === 0 ? this.#words.unreachable : this.#words.refused
    this.refuse(answer.error ?? (responseURL.includes("/accounts/") ? this.#words.signedOut : isAway), true)
  }

  #added({ title, url, edit }) {
    this.state = "added"
    const [page, change] = this.#part("added").querySelectorAll("a")
    page.textContent = title
    page.href = url
    change.href = edit
    change.setAttribute("aria-label", `${change.textContent}: ${title}`)
    this.#show()
  }
}

const linkTo = (id, words) => {
  if (!document.getElementById(id)) return words
  const link = document.createElement("a")
  link.href = `#${id}`
  link.textContent = words
  return link
}

// Random also where the page does not come by https.
const keyOfItsOwn = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("")
}

const titleOf = name => {
  const words = name.replace(/\.[^.]{1,8}$/, "").replace(/[_\s]+/g, " ").trim()
  return words.slice(0, 160)
}

customElements.define("many-files", ManyFiles)
