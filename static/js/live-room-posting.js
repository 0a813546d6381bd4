// Sends a form of the room's page without leaving it. The answer is not looked at but for whether it
// was taken: what changed comes over the socket, to this window like to all others.

export async function post(form, button) {
  const body = new FormData(form)
  if (button?.name) body.set(button.name, button.value)
  if (button) button.disabled = true
  try {
    const action = button?.formAction && button.hasAttribute("formaction") ? button.formAction : form.action
    const headers = { "X-In-Place": "yes" }
    const answer = await fetch(action, { method: "POST", body, headers, redirect: "manual" })
    return answer.type === "opaqueredirect" || answer.ok
  } catch {
    return false
  } finally {
    if (button) button.disabled = false
  }
}

export function say(words, kind) {
  document.querySelector("toast-region")?.say(words, kind)
}

// Each form sent is known by its key, so that one sent twice counts once.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")
}
