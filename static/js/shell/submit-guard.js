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

document.addEventListener("submit", event => {
  const form = event.target
  if (form.method !== "post" || event.defaultPrevented && !form.matches("[hx-post], [hx-boost] *, [hx-boost]")) return
  if ("sending" in form.dataset) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  // After this turn, so that the pressed button's own name and value still travel.
  setTimeout(() => { if (form.isConnected) rest(form) })
}, { capture: true })

document.addEventListener("htmx:afterRequest", ({ target }) => {
  const form = target.closest?.("form")
  if (form) wake(form)
})

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) wake(form)
})
