// What lines are drawn with. Everything is made of nodes: nothing a person wrote is read as HTML.

const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g

export function drawPhoto(url) {
  const photo = new Image(40, 40)
  photo.className = "avatar"
  photo.alt = ""
  photo.src = url
  return photo
}

export function drawInitials(avatar, by) {
  avatar.classList.add(`avatar--${by?.hue ?? 0}`)
  avatar.textContent = by?.initials ?? "–"
  return avatar
}

// Text with its addresses as links.
export function linked(text) {
  const nodes = []
  let from = 0
  for (const found of text.matchAll(LINK)) {
    const link = document.createElement("a")
    link.href = found[0]
    link.rel = "nofollow noopener noreferrer"
    link.textContent = found[0]
    nodes.push(text.slice(from, found.index), link)
    from = found.index + found[0].length
  }
  nodes.push(text.slice(from))
  return nodes
}

export function dayOf(at, zone) {
  return at ? format(at, zone, { year: "numeric", month: "numeric", day: "numeric" }) : ""
}

export function format(at, zone, options) {
  return new Intl.DateTimeFormat(document.documentElement.lang || "en", { timeZone: zone, ...options }).format(new Date(at))
}

// Buttons in the order in which the menu offers them; pressing one's own takes it back.
export function drawReactions(line, frame, room) {
  const me = Number(room.dataset.me)
  const kinds = [...room.querySelectorAll("#line-menu [data-kind]")]
  const chips = kinds
    .filter((kind) => frame.reactions?.[kind.dataset.kind])
    .map((kind) => drawChip(kind, frame, frame.reactions[kind.dataset.kind], me, room))
  line.querySelector(".line__reactions").replaceChildren(...chips)
}

function drawChip(kind, frame, people, me, room) {
  const chip = document.createElement("button")
  const isMine = people.includes(me)
  chip.className = "reaction"
  chip.disabled = room.dataset.mayWrite !== "yes"
  chip.name = "kind"
  chip.value = isMine ? "" : kind.dataset.kind
  chip.dataset.kind = kind.dataset.kind
  chip.setAttribute("form", "reacting")
  chip.setAttribute("formaction", `${room.dataset.base}chat/${frame.seq}/reaction/`)
  chip.setAttribute("aria-pressed", isMine)
  const sign = kind.querySelector("svg").cloneNode(true)
  const label = document.createElement("span")
  label.className = "visually-hidden"
  label.textContent = kind.getAttribute("aria-label")
  const count = document.createElement("b")
  count.textContent = people.length
  chip.append(sign, label, count)
  return chip
}
