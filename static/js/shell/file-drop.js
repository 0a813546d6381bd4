// <file-drop data-max-bytes="…"> around a file field: drop files on it, see their names and sizes,
// and how far the upload is.

const WORDS = document.getElementById("words").dataset
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"]

const size = bytes => {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 3)
  const style = {
    style: "unit", unit: UNITS[step], unitDisplay: step ? "short" : "long",
    maximumFractionDigits: step > 1 ? 1 : 0,
  }
  return new Intl.NumberFormat(document.documentElement.lang, style).format(bytes / 1024 ** step)
}

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.#input = this.querySelector("input[type=file]")
    if (!this.#input) return
    this.#list = document.createElement("ul")
    this.#list.className = "file-drop__list"
    const status = document.createElement("div")
    status.setAttribute("role", "status")
    status.append(this.#list)
    this.append(status)
    this.#input.addEventListener("change", this.#show)
    this.addEventListener("dragover", this.#over)
    this.addEventListener("dragleave", this.#out)
    this.addEventListener("drop", this.#drop)
    this.closest("form")?.addEventListener("submit", this.#start)
    this.closest("form")?.addEventListener("htmx:xhr:progress", this.#progress)
  }

  #input
  #list
  #bar

  #over = event => {
    event.preventDefault()
    this.dataset.over = ""
  }

  #out = () => delete this.dataset.over

  #drop = event => {
    event.preventDefault()
    this.#out()
    if (!event.dataTransfer.files.length) return
    this.#input.files = event.dataTransfer.files
    this.#input.dispatchEvent(new Event("change", { bubbles: true }))
  }

  #show = () => {
    const most = Number(this.dataset.maxBytes) || Infinity
    const files = [...this.#input.files]
    const tooBig = files.find(file => file.size > most)
    const problem = tooBig ? `${tooBig.name} ${WORDS.tooBig} ${size(most)}` : ""
    this.#input.setCustomValidity(problem)
    this.#list.replaceChildren(...files.map(file => {
      const line = document.createElement("li")
      const [name, weight] = [document.createElement("strong"), document.createElement("span")]
      name.textContent = file.name
      weight.textContent = file.size > most ? `${size(file.size)}: ${WORDS.tooBig} ${size(most)}` : size(file.size)
      weight.classList.toggle("bad", file.size > most)
      line.append(name, weight)
      return line
    }))
  }

  #start = () => {
    if (!this.#input.files.length || !this.#input.validity.valid) return
    this.#bar ??= Object.assign(document.createElement("progress"), { className: "progress", max: 1 })
    this.#bar.setAttribute("aria-label", WORDS.uploading)
    this.append(this.#bar)
  }

  #progress = ({ detail: { loaded, total } }) => {
    if (this.#bar && total) this.#bar.value = loaded / total
  }
}

customElements.define("file-drop", FileDrop)
