// A form that asks by its address (data-brief) leaves out what was not filled in: the address is
// read, kept and sent on. Whoever sends the form, the browser or htmx, collects it this way.

document.addEventListener("formdata", ({ target, formData }) => {
  if (!("brief" in target.dataset)) return
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name)
})
