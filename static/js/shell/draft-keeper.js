// Keeps what one is writing in this browser until the server has it: a lost connection, an expired
// session or a closed tab costs no text. One entry per form and field, forgotten after two weeks.

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

const keyOf = area => {
  const { pathname, search } = new URL(area.form.getAttribute("action") || location.href, location.href)
  return `${here()}${pathname}${search}#${area.name}`
}

const KEPT = "textarea, form:has(textarea) input[type=text]"
const isKept = area => area.matches?.(KEPT) && area.name && area.form?.method === "post"
  && area.dataset.keep !== "off"

const entries = () => Object.keys(storage).filter(key => key.startsWith(PREFIX))
const read = key => { try { return JSON.parse(storage.getItem(key)) } catch { return null } }
const write = (key, entry) => { try { storage.setItem(key, JSON.stringify(entry)) } catch { /* full */ } }

// What the field would hold if nothing had been begun: a draft from the server says what that is.
const wasIn = area => area.dataset.was ?? area.defaultValue

const entryOf = area => ({ text: area.value, was: wasIn(area), at: Date.now() })

const keep = area => {
  if (area.value.trim() && area.value !== area.defaultValue) write(keyOf(area), entryOf(area))
  else storage.removeItem(keyOf(area))
}

// Only into a field that still holds what it held then: nobody's later text is overwritten.
const restore = area => {
  const entry = read(keyOf(area))
  if (!entry?.text || area.value !== area.defaultValue || area.value === entry.text) return
  if (wasIn(area) !== entry.was || entry.at < Number(area.dataset.drafted ?? 0)) return
  area.value = entry.text
  const note = document.createElement("p")
  note.className = "field__help"
  note.textContent = document.getElementById("words").dataset.restored
  area.insertAdjacentElement("afterend", note)
}

const areas = within => [...within.querySelectorAll(KEPT)].filter(isKept)

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
  areas(document).forEach(restore)

  let timer
  document.addEventListener("input", ({ target }) => {
    if (!isKept(target)) return
    clearTimeout(timer)
    timer = setTimeout(() => keep(target), 400)
  })

  document.addEventListener("submit", ({ target }) => {
    clearTimeout(timer)
    if (target.action.endsWith("/logout/")) entries().forEach(key => storage.removeItem(key))
    for (const area of areas(target)) {
      if (area.value.trim()) write(keyOf(area), { ...entryOf(area), sent: true })
    }
  }, { capture: true })

  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!detail.successful || detail.xhr.status === 422 || !target.matches?.("form")) return
    for (const area of areas(target)) storage.removeItem(keyOf(area))
  })

  document.addEventListener("htmx:load", ({ target }) => areas(target).forEach(restore))
}
