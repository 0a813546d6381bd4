// Links to things of this product show their titles, as far as this reader may see them. All links of
// a few seconds are asked for at once, and in a full room each window waits its own while.

const SPREAD = 8 // milliseconds for each person in the room
const SOON = 400
const waiting = new Set()
const known = new Map()
let timer

export function nameLinks(line, room) {
  const ours = `${location.origin}${room.dataset.base.replace(/sessions\/\d+\/$/, "")}`
  for (const link of line.querySelectorAll(".line__text a")) {
    if (!link.href.startsWith(ours)) continue
    if (known.has(link.href)) name(link)
    else waiting.add(link)
  }
  if (waiting.size && !timer) timer = setTimeout(() => ask(room), SOON + Math.random() * SPREAD * room.people)
}

async function ask(room) {
  timer = undefined
  const links = [...waiting]
  waiting.clear()
  const query = new URLSearchParams(links.map((link) => ["at", link.href]))
  try {
    const answer = await fetch(`${room.dataset.page}titles/?${query}`)
    const { titles } = await answer.json()
    for (const link of links) known.set(link.href, titles[link.href] ?? "")
    links.forEach(name)
  } catch {
    // They stay addresses.
  }
}

function name(link) {
  const title = known.get(link.href)
  if (title) link.textContent = title
}
