// <thread-posts> brings the reply form to the post that is answered, and keeps what was typed.
// Without scripts the same links load the page with the form in that place.

class ThreadPosts extends HTMLElement {
  connectedCallback() {
    this.#form = document.getElementById("reply")
    if (!this.#form) return
    this.#home = document.createComment("")
    this.after(this.#home)
    this.addEventListener("click", this.#reply)
    this.#form.querySelector("[data-to-thread]").addEventListener("click", this.#replyToAll)
  }

  #form
  #home

  #reply = event => {
    const link = event.target.closest("a[href^='?reply_to=']")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const post = link.closest(".post")
    const number = new URL(link.href).searchParams.get("reply_to")
    if (number === "1") this.#home.after(this.#form)
    else post.after(this.#form)
    this.#address(number, post.querySelector(".post__author").textContent)
  }

  #replyToAll = event => {
    event.preventDefault()
    this.#home.after(this.#form)
    this.#address("1", "")
  }

  #address(number, name) {
    this.#form.elements.parent.value = number
    this.#form.querySelector("[data-to]").hidden = number === "1"
    this.#form.querySelector("[data-to-name]").textContent = name
    const text = this.#form.elements.body
    text.focus({ preventScroll: true })
    this.#form.scrollIntoView({ block: "nearest" })
  }
}

customElements.define("thread-posts", ThreadPosts)
