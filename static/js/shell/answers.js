// What htmx does not do by itself: say when an answer failed, lead to sign-in when the session is
// over, bring the eyes and the screen reader to a form's errors, and keep the keyboard's place.

const words = () => document.getElementById("words").dataset
const say = (text, level) => document.querySelector("toast-region")?.say(text, level)

document.addEventListener("htmx:beforeOnLoad", event => {
  const { responseURL } = event.detail.xhr
  if (!responseURL || !new URL(responseURL).pathname.startsWith("/accounts/")) return
  if (location.pathname.startsWith("/accounts/")) return
  event.preventDefault()
  location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`)
})

document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  say(xhr.status === 403 ? words().forbidden : words().refused, "error")
})

document.addEventListener("htmx:sendError", () => say(words().unreachable, "error"))
document.addEventListener("htmx:timeout", () => say(words().unreachable, "error"))

const focusErrors = within => {
  const found = within.querySelector("[data-focus]") ?? within.querySelector("form [aria-invalid=true]")
  found?.focus()
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status === 422) focusErrors(detail.elt)
})

// A whole page that came in the place of its form is read from its top.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.boosted && detail.xhr.status < 400) scrollTo({ top: 0, behavior: "instant" })
})

// What was pressed may be gone with the answer: who goes by keyboard stays at its form.
let pressedIn
document.addEventListener("htmx:beforeRequest", () => {
  pressedIn = document.activeElement?.closest("form[id]")?.id
})
document.addEventListener("htmx:afterSettle", () => {
  if (!pressedIn || document.activeElement !== document.body) return
  document.getElementById(pressedIn)?.querySelector("button:enabled, summary")?.focus({ preventScroll: true })
})

// A form that moves along with what it moves stays where it is on the screen, for the next press.
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig: { elt: form } } }) => {
  if (!form.matches("form[data-stays]")) return
  const { id } = form
  const { top } = form.getBoundingClientRect()
  document.addEventListener("htmx:afterSwap", () => {
    const moved = document.getElementById(id)
    if (moved) scrollBy({ top: moved.getBoundingClientRect().top - top, behavior: "instant" })
  }, { once: true })
})

focusErrors(document)

// Back to where a refused form stood, loaded anew so that its protection is fresh.
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-back]")) return
  const from = document.referrer && new URL(document.referrer)
  if (from && from.origin === location.origin && from.pathname !== location.pathname) location.assign(from)
  else history.back()
})
