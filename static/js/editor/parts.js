// The editor's buttons and words, in the reader's language, fetched once for a page.

let fetched

export const partsOf = address => (fetched ??= load(address).catch(error => {
  fetched = undefined
  throw error
}))

const load = async address => {
  const answer = await fetch(`${address}discussions/editor/`)
  if (!answer.ok || answer.redirected) throw new TypeError("The editor could not be fetched")
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const part = name => page.querySelector(`template[data-part=${name}]`)
  return {
    words: part("words").dataset,
    make: name => document.importNode(part(name).content.firstElementChild, true),
  }
}
