// Keeps what one is writing in this browser until the server has it: a lost connection, an expired
// session or a closed tab costs no text, and no choice made beside it. One entry per form and field,
// forgotten after two weeks.

const DAYS = 14
const PREFIX = "draft:"
const root = document.documentElement
const here = () => `${PREFIX}${root.dataset.person ?? ""}:`

const storage = (() => {
  try {
    localStorage.setItem(`${PREFIX}?`, "")
    localStorage.removeItem(`${PREFIX}?`)
    return localStorage
  } catch { return null }
})()

// Only in forms in which one writes. Passwords are nobody's to keep, files nobody's to give back.
const KEPT = "textarea, select, input:not([type=password], [type=file], [type=hidden], [type=submit], [type=button], [type=reset], [type=image])"
const isKept = control => control.matches?.(KEPT) && control.name && control.form?.method === "post"
  && control.form.querySelector("textarea") && control.dataset.keep !== "off"

// A field is all that goes by one name: the checkboxes of a list are one.
const fieldOf = control => [...control.form.elements].filter(other => other.name === control.name && isKept(other))
const fieldsIn = within => {
  const controls = [...within.querySelectorAll(KEPT)].filter(isKept)
  return [...new Map(controls.map(control => [keyOf(control), control])).values()].map(fieldOf)
}

const keyOf = control => {
  const { pathname, search } = new URL(control.form.getAttribute("action") || location.href, location.href)
  return `${here()}${pathname}${search}#${control.name}`
}

const isChoice = control => control.matches("select, [type=checkbox], [type=radio]")
const isTicked = control => control.matches("[type=checkbox], [type=radio]")

const now = field => field.flatMap(control => {
  if (control.matches("select")) return [...control.selectedOptions].map(option => option.value)
  if (isTicked(control)) return control.checked ? [control.value] : []
  return [control.value]
})

// What the page came with.
const before = field => field.flatMap(control => {
  if (control.matches("select")) {
    const preset = [...control.options].filter(option => option.defaultSelected)
    return (preset.length || control.multiple ? preset : [...control.options].slice(0, 1)).map(option => option.value)
  }
  if (isTicked(control)) return control.defaultChecked ? [control.value] : []
  return [control.defaultValue]
})

// What it would have come with if nothing had been begun: a draft from the server says what that is.
const was = field => field.flatMap(control => control.dataset.was ?? before([control]))

// And shows it, where it lies in a part of the form that is folded away.
const put = (field, values) => {
  for (const [n, control] of field.entries()) {
    if (control.matches("select")) for (const option of control.options) option.selected = values.includes(option.value)
    else if (isTicked(control)) control.checked = values.includes(control.value)
    else control.value = values[n]
    if (!isTicked(control) || control.checked) control.closest("details")?.setAttribute("open", "")
  }
  whenAllListen(() => field[0].dispatchEvent(new Event("change", { bubbles: true })))
}

const whenAllListen = act => document.readyState === "complete" ? act() : addEventListener("load", act, { once: true })

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)
const isBegun = field => !same(now(field), before(field)) && (isChoice(field[0]) || now(field).some(text => text.trim()))

const entries = () => Object.keys(storage).filter(key => key.startsWith(PREFIX))
const read = key => { try { return JSON.parse(storage.getItem(key)) } catch { return null } }
const write = (key, entry) => { try { storage.setItem(key, JSON.stringify(entry)) } catch { /* full */ } }

const keep = (field, sent = false) => {
  if (isBegun(field)) write(keyOf(field[0]), { now: now(field), was: was(field), at: Date.now(), sent })
  else storage.removeItem(keyOf(field[0]))
}

// Only into a field that still holds what it held then: nobody's later text is overwritten.
const restore = field => {
  const entry = read(keyOf(field[0]))
  if (!entry?.now || !same(now(field), before(field)) || same(now(field), entry.now)) return
  if (!same(was(field), entry.was) || entry.at < draftedAt(field[0].form)) return
  put(field, entry.now)
  say(field[0])
}

const draftedAt = form => Math.max(0, ...[...form.querySelectorAll("[data-drafted]")].map(area => Number(area.dataset.drafted)))

// Once in a form, where the first of it stands.
const say = control => {
  if (control.form.querySelector("[data-restored-note]")) return
  const note = document.createElement("p")
  note.className = "field__help"
  note.dataset.restoredNote = ""
  note.textContent = document.getElementById("words").dataset.restored
  const place = isTicked(control) ? control.closest("fieldset, .field") ?? control : control
  place.insertAdjacentElement("afterend", note)
}

// What was sent stays until a page of the cohort follows. An error, a sign-in page or the way back
// says that the server may not have it: then it counts as unsent again.
const settle = () => {
  const [{ type } = {}] = performance.getEntriesByType("navigation")
  const arrived = root.dataset.shell === "app" && type === "navigate"
  for (const key of entries()) {
    const entry = read(key)
    const isOld = !entry || Date.now() - entry.at > DAYS * 86_400_000
    if (isOld || arrived && entry.sent) storage.removeItem(key)
    else if (entry.sent) write(key, { ...entry, sent: false })
  }
}

if (storage) {
  settle()
  fieldsIn(document).forEach(restore)

  let timer
  document.addEventListener("input", ({ target }) => {
    if (!isKept(target)) return
    // What was typed in may have been replaced by then; its form stands.
    const { form } = target
    clearTimeout(timer)
    timer = setTimeout(() => fieldsIn(form).forEach(field => keep(field)), 400)
  })

  document.addEventListener("submit", ({ target }) => {
    clearTimeout(timer)
    if (target.action.endsWith("/logout/")) entries().forEach(key => storage.removeItem(key))
    for (const field of fieldsIn(target)) keep(field, true)
  }, { capture: true })

  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!detail.successful || detail.xhr.status === 422 || !target.matches?.("form")) return
    for (const field of fieldsIn(target)) storage.removeItem(keyOf(field[0]))
  })

  document.addEventListener("htmx:load", ({ target }) => fieldsIn(target).forEach(restore))
}
