// What was changed in a text box, and where a caret stands after others changed the text before it.

// The one stretch in which two texts differ, or nothing. Pairs of surrogates are never cut.
export function difference(old, now) {
  if (old === now) return null
  let at = 0
  const shorter = Math.min(old.length, now.length)
  while (at < shorter && old[at] === now[at]) at += 1
  if (at && isHigh(old.charCodeAt(at - 1))) at -= 1
  let rest = 0
  while (rest < shorter - at && old.at(-1 - rest) === now.at(-1 - rest)) rest += 1
  if (rest && isLow(old.charCodeAt(old.length - rest))) rest -= 1
  return { at, gone: old.length - rest - at, come: now.slice(at, now.length - rest) }
}

// What stands at a place stays under the caret, whatever comes or goes before it.
export function movedBy(delta, caret) {
  let place = 0
  for (const { retain = 0, insert, delete: gone = 0 } of delta) {
    if (place > caret) break
    place += retain
    if (insert !== undefined) {
      if (place < caret) caret += insert.length
      place += insert.length
    } else if (gone && place < caret) {
      caret -= Math.min(gone, caret - place)
    }
  }
  return caret
}

function isHigh(code) {
  return code >= 0xd800 && code <= 0xdbff
}

function isLow(code) {
  return code >= 0xdc00 && code <= 0xdfff
}
