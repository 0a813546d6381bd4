// <attendance-sheet> makes ticking quick: arrows move, Shift ticks a row of people, a letter marks.
// Without it one ticks and presses the buttons below.

// Which row was worked on: marking draws the sheet anew, perhaps without it.
let place = -1

class AttendanceSheet extends HTMLElement {
  #last = -1

  connectedCallback() {
    this.addEventListener("click", this.#click)
    this.addEventListener("change", this.#count)
    this.addEventListener("keydown", this.#key)
    this.#count()
    if (place < 0) return
    const boxes = this.boxes
    boxes[Math.min(place, boxes.length - 1)]?.focus()
    place = -1
  }

  get boxes() {
    return [...this.querySelectorAll("[name=member]")]
  }

  get all() {
    return this.querySelector("[data-all]")
  }

  #click = ({ target, shiftKey }) => {
    if (target === this.all) for (const box of this.boxes) box.checked = target.checked
    if (target.name !== "member") return
    const { boxes } = this
    const at = boxes.indexOf(target)
    if (shiftKey && this.#last >= 0) {
      const [from, to] = [at, this.#last].sort((a, b) => a - b)
      for (const box of boxes.slice(from, to + 1)) box.checked = target.checked
    }
    this.#last = at
    if (!target.checked) this.all.checked = false
  }

  #count = () => {
    const words = this.querySelector("[data-count]")
    const n = this.boxes.filter(box => box.checked).length
    if (words) words.textContent = n ? words.dataset.some.replace("{n}", n) : words.dataset.none
  }

  #key = event => {
    const { target, key } = event
    if (target.name !== "member" || event.ctrlKey || event.metaKey || event.altKey) return
    const { boxes } = this
    const at = boxes.indexOf(target)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[key]
    const button = this.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`)
    if (to === undefined && !button) return
    event.preventDefault()
    if (to !== undefined) return boxes[to]?.focus()
    if (!boxes.some(box => box.checked)) target.checked = true
    place = at
    button.click()
  }
}

customElements.define("attendance-sheet", AttendanceSheet)
