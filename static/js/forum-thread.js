// <thread-posts> brings the reply form to the post that is answered, opens the one menu of posts,
// and says when replies came. Without scripts the same links load pages that do the same.

import { Link } from "./live-room-link.js"

const form = () => document.getElementById("reply")
const words = () => document.getElementById("words").dataset
// Ways in which a thread's socket ends for good.
const ENDS = new Set(["forbidden", "signedOut", "norms"])
const moved = event => event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0

class ThreadPosts extends HTMLElement {
  #home
  #link
  #shown

  connectedCallback() {
    this.addEventListener("click", this.#click)
    if (form()) this.#makeHome()
    if (this.dataset.live) this.#listen()
  }

  disconnectedCallback() {
    this.#link?.stop()
  }

  // ---------------------------------------------------------------- the form follows the post

  #makeHome() {
    // Where the form stands when it answers the whole thread.
    this.#home = document.querySelector("[data-reply-home]")
    form().querySelector("[data-to-thread]").addEventListener("click", event => {
      event.preventDefault()
      this.replyTo("1")
    })
  }

  #click = event => {
    const button = event.target.closest?.("button.reaction[form=act]")
    if (button) {
      event.preventDefault()
      return import("./forum-post-menu.js").then(({ press }) => press(button))
    }
    const link = event.target.closest?.("a.post__act")
    if (!link || moved(event)) return
    const { hash, pathname } = new URL(link.href)
    const post = link.closest(".post")
    if (hash === "#reply") {
      event.preventDefault()
      const number = post.id.slice(5)
      if (form()) this.replyTo(number)
      else location.assign(`${this.dataset.url}?reply_to=${number}#reply`)
    } else if (/\/posts\/\d+\/$/.test(pathname)) {
      event.preventDefault()
      this.#openMenu(link, post)
    }
  }

  async #openMenu(link, post) {
    const { openMenu } = await import("./forum-post-menu.js")
    openMenu(this, link, post)
  }

  replyTo(number) {
    const post = document.getElementById(`post-${number}`)
    if (number !== "1" && post) post.after(form())
    else this.#home.after(form())
    form().elements.parent.value = number
    form().querySelector("[data-to]").hidden = number === "1"
    form().querySelector("[data-to-name]").textContent = post?.querySelector(".post__author")?.textContent ?? ""
    form().dispatchEvent(new CustomEvent("forum:answer", { detail: { number } }))
    form().elements.body.focus({ preventScroll: true })
    form().scrollIntoView({ block: "nearest" })
  }

  // ---------------------------------------------------------------- replies came

  #listen() {
    this.#shown = Number(this.dataset.number)
    const bar = document.querySelector("[data-live-bar]")
    bar.addEventListener("click", event => {
      if (moved(event)) return
      event.preventDefault()
      this.#load(bar, bar.href)
    })
    this.#link = new Link(this.dataset.live, {
      page: this.dataset.url,
      state: state => {
        // Its replies are closed until one has written one's own: the page is had anew without them.
        if (state === "answerFirst") this.#load(bar, this.dataset.url)
        else if (ENDS.has(state)) this.#leave(bar)
      },
      opened() {},
      heard: ({ number }) => this.#heard(number, bar),
    })
    this.#link.open()
  }

  // Whoever may not read it any more keeps what they were writing, and nothing else.
  #leave(bar) {
    const writing = form()
    const written = writing?.querySelector("[contenteditable=true]")?.textContent ?? writing?.elements.body.value
    if (!written?.trim()) return location.reload()
    if (this.contains(writing)) this.#home.after(writing)
    document.querySelector(".thread-head")?.remove()
    bar.parentElement.textContent = words().threadGone
    document.getElementById("thread-page").remove()
  }

  #heard(number, bar) {
    const count = number - this.#shown
    bar.hidden = count < 1
    if (count < 1) return
    bar.textContent = count === 1 ? words().replyOne : words().replyMany.replace("%n", count)
    bar.href = `${this.dataset.url}?post=${this.#shown + 1}#post-${this.#shown + 1}`
  }

  // The posts are exchanged for those of the page at the first new one; the form and what is being
  // typed in it stay as they are.
  async #load(bar, url) {
    bar.setAttribute("aria-busy", "true")
    let fresh
    try {
      const answer = await fetch(url)
      if (!answer.ok || answer.redirected) throw answer
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("thread-page")
    } catch {
      return location.assign(url)
    } finally {
      bar.removeAttribute("aria-busy")
    }
    const target = new URL(url, location.href).hash.slice(1)
    const writing = form()
    const number = writing?.elements.parent.value
    if (writing && this.contains(writing)) this.#home.after(writing)
    this.#link.stop()
    document.getElementById("thread-page").replaceWith(fresh)
    bar.hidden = true
    if (writing && number !== "1") document.getElementById(`post-${number}`)?.after(writing)
    const first = document.getElementById("new") ?? document.getElementById(target)
    if (!first) return
    first.tabIndex = -1
    first.scrollIntoView({ block: "center" })
    first.focus({ preventScroll: true })
  }
}

// How much one hears: the menu of that page takes the link's place.
document.querySelector("a.follow")?.addEventListener("click", async event => {
  if (moved(event)) return
  event.preventDefault()
  const link = event.currentTarget
  link.setAttribute("aria-busy", "true")
  try {
    const answer = await fetch(link.href)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    link.replaceWith(document.importNode(page.querySelector("details.follow"), true))
    document.querySelector("details.follow > summary").focus()
  } catch {
    location.assign(link.href)
  }
})

customElements.define("thread-posts", ThreadPosts)
