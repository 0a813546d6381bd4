// <form data-confirm="Remove this post?" data-confirm-text="…" data-confirm-yes="Remove"> asks first.
// Without JavaScript the form is simply sent.

const ask = async form => {
  const dialog = document.getElementById("confirm-dialog")
  const yes = dialog.querySelector("[data-yes]")
  dialog.querySelector("h2").textContent = form.dataset.confirm
  const text = dialog.querySelector("[data-text]")
  text.textContent = form.dataset.confirmText ?? ""
  text.hidden = !form.dataset.confirmText
  yes.dataset.word ??= yes.textContent
  yes.textContent = form.dataset.confirmYes ?? yes.dataset.word
  dialog.returnValue = ""
  dialog.showModal()
  await new Promise(done => dialog.addEventListener("close", done, { once: true }))
  return dialog.returnValue === "yes"
}

// On the window, in front of every other listener: nothing may be sent before the answer.
window.addEventListener("submit", async event => {
  const form = event.target
  if (!form.dataset.confirm || "confirmed" in form.dataset) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const { submitter } = event
  if (!await ask(form)) return
  form.dataset.confirmed = ""
  form.requestSubmit(submitter)
  delete form.dataset.confirmed
}, { capture: true })
