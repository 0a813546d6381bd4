// Ctrl+Enter or ⌘+Enter sends what one is writing. Browsers without field-sizing grow the box here.

document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return
  const { target } = event
  if (!target.matches("textarea") || !target.form) return
  event.preventDefault()
  target.form.requestSubmit(target.form.querySelector("button:not([type=button])"))
})

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return
    target.style.blockSize = "auto"
    target.style.blockSize = `${target.scrollHeight + 2}px`
  })
}
