// Says in words why a passkey was not made or not used; allauth's script only logs it.

const REASONS = { InvalidStateError: "known", NotAllowedError: "refused", SecurityError: "address" }

document.addEventListener("allauth.error", event => {
  const words = document.getElementById("passkey-words").dataset
  const reason = REASONS[event.detail.exception?.name] ?? "failed"
  document.querySelector("toast-region")?.say(words[reason], "error")
  event.preventDefault()
})
