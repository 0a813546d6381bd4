// A form sends once. Its buttons rest while it is under way, and wake when the page comes back.

const LONG_ENOUGH = 15_000
const resting = new Set()

const rest = form => {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    if (button.getAttribute("aria-busy") === "true") continue
    button.setAttribute("aria-busy", "true")
    resting.add(button)
  }
  form.dataset.sending = ""
  // An answer that is a download leaves the page standing.
  setTimeout(() => wake(form), LONG_ENOUGH)
}

const wake = form => {
  delete form.dataset.sending
  for (const button of resting) {
    if (form.contains(button) || !button.isConnected) {
      button.removeAttribute("aria-busy")
      resting.delete(button)
    }
  }
}

// What a script sends itself, as the live room does, rests and wakes by that script.
const isTaken = event => event.defaultPrevented && !event.target.matches("[hx-post], [hx-boost] *, [hx-boost]")

document.addEventListener("submit", event => {
  const form = event.target
  if (form.method !== "post" || isTaken(event)) return
  if ("sending" in form.dataset) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  // After this turn: the pressed button's own name and value still travel, and scripts have spoken.
  setTimeout(() => { if (form.isConnected && !isTaken(event)) rest(form) })
}, { capture: true })

document.addEventListener("htmx:afterRequest", ({ target }) => {
  const form = target.closest?.("form")
  if (form) wake(form)
})

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) wake(form)
})
