// Whoever picks a theme sees its sub-lessons.

document.addEventListener("change", ({ target }) => {
  if (!target.checked || !target.closest(".theme-picker__top")) return
  const lessons = target.closest(".theme-picker__theme").querySelector("details")
  if (lessons) lessons.open = true
})
