// A few keys for those who like them: "/" searches, "g" and a letter goes places, "?" explains.

const PLACES = { h: "home", s: "sessions", d: "discussions", l: "library", p: "people", t: "teams", c: "console" }
let going = 0

const writes = target => target.closest?.("input, textarea, select, [contenteditable]")

document.addEventListener("keydown", event => {
  const { key, target } = event
  if (event.ctrlKey || event.metaKey || event.altKey || writes(target)) return
  if (document.querySelector("dialog[open]")) return

  if (key === "/") {
    const field = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]")
    const shown = field?.checkVisibility()
    if (!shown && !field?.form) return
    event.preventDefault()
    // Where the bar has no room for the field, its page has.
    if (shown) field.select()
    else location.assign(field.form.action)
  } else if (key === "?") {
    document.getElementById("keys-dialog")?.showModal()
  } else if (key === "g") {
    going = Date.now()
  } else if (PLACES[key] && Date.now() - going < 1200) {
    document.querySelector(`.rail [data-key=${PLACES[key]}]`)?.click()
  }
})
