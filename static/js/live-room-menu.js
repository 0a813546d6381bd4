// One menu for all lines: reply, react, copy its link, and for hosts letting its author only read.

import { post, say } from "./live-room-posting.js"

export class LineMenu {
  #room
  #menu
  #words
  #answer
  #line
  #opener

  constructor(room, words, answer) {
    this.#room = room
    this.#words = words
    this.#answer = answer
    this.#menu = room.querySelector("#line-menu")
    room.querySelectorAll("[data-log] [data-seq]").forEach((line) => this.#addButton(line))
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.dataset?.seq) this.#addButton(node)
    }).observe(room.querySelector("[data-log]"), { childList: true })
    room.addEventListener("click", (event) => {
      const button = event.target.closest(".line__more")
      if (button) this.#open(button)
      const item = event.target.closest("#line-menu [data-do]")
      if (item) this.#do(item)
    })
    this.#menu.addEventListener("toggle", ({ newState }) => {
      const isLeft = !document.activeElement || document.activeElement === document.body
      if (newState === "closed" && isLeft) this.#opener?.focus({ preventScroll: true })
    })
    this.#menu.addEventListener("keydown", (event) => this.#move(event))
  }

  #addButton(line) {
    const head = line.querySelector(".line__head")
    if (!head || line.querySelector(".line__more")) return
    const button = document.createElement("button")
    button.type = "button"
    button.className = "line__more"
    button.textContent = "⋯"
    button.setAttribute("aria-label", this.#words.menu)
    button.setAttribute("aria-haspopup", "menu")
    line.append(button)
  }

  #open(button) {
    this.#line = button.closest("[data-seq]")
    this.#offer()
    this.#menu.showPopover()
    const at = button.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = this.#menu
    this.#menu.style.insetInlineStart = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`
    this.#menu.style.insetBlockStart = `${at.bottom + height > innerHeight ? Math.max(8, at.top - height) : at.bottom}px`
    this.#items[0]?.focus()
    this.#opener = button
  }

  // A line that follows one of the same person has no head, and with it no button of its own to see.
  #offer() {
    const item = this.#menu.querySelector('[data-do="moderate"]')
    const act = this.#line.querySelector("button.line__act")
    if (!item) return
    item.hidden = !act
    if (act) item.textContent = act.textContent
  }

  get #items() {
    return [...this.#menu.querySelectorAll("[role=menuitem]")].filter((item) => item.checkVisibility())
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const items = this.#items
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus()
  }

  async #do(item) {
    const line = this.#line
    const { seq } = line.dataset
    this.#menu.hidePopover()
    if (item.dataset.do === "answer") this.#answer(Number(seq), line.querySelector("strong").textContent)
    else if (item.dataset.do === "copy") await this.#copy(seq)
    else if (item.dataset.do === "moderate") line.querySelector("button.line__act").click()
    else if (item.dataset.do === "react") await this.#react(line, item.dataset.kind)
    else await this.#mute(line)
  }

  async #copy(seq) {
    const url = new URL(`${this.#room.dataset.base}chat/?before=${Number(seq) + 100}#line-${seq}`, location.href)
    await navigator.clipboard?.writeText(url.href)
    say(this.#words.copied)
  }

  async #react(line, kind) {
    const mine = line.querySelector('.reaction[aria-pressed="true"]')
    const form = document.getElementById("reacting")
    const value = mine?.dataset.kind === kind ? "" : kind
    await this.#send(form, `${this.#room.dataset.base}chat/${line.dataset.seq}/reaction/`, value)
  }

  async #mute(line) {
    if (!line.dataset.by) return
    const form = document.getElementById("moderation")
    const isDone = await this.#send(form, `${this.#room.dataset.page}mutes/${line.dataset.by}/`, "")
    if (isDone) say(this.#words.mutedDone)
  }

  async #send(form, action, value) {
    const button = document.createElement("button")
    button.setAttribute("formaction", action)
    button.name = "kind"
    button.value = value
    const isTaken = await post(form, button)
    if (!isTaken) say(this.#words.unreached, "error")
    return isTaken
  }
}
