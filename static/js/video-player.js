// <video-player data-address="…" data-name="…">: a button from its template; the player of the video's
// site takes its place when it is pressed. Nothing comes from there before.

class VideoPlayer extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button, iframe")) return
    this.append(document.importNode(this.querySelector("template").content, true))
    this.querySelector("button").addEventListener("click", this.#play)
  }

  #play = () => {
    const frame = document.createElement("iframe")
    frame.title = this.dataset.name
    // YouTube plays nothing for a page that does not say where it is.
    frame.referrerPolicy = "strict-origin-when-cross-origin"
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture"
    frame.allowFullscreen = true
    frame.src = this.dataset.address
    this.replaceChildren(frame)
    frame.focus()
  }
}

customElements.define("video-player", VideoPlayer)
