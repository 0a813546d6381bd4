// What word processors put on the clipboard, as plain markup. Styles never reach a document: the
// content security policy would refuse each of them.

const STYLE_SHEETS = /<(style|script|xml|title)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<!\[[^>]*>|<\/?(meta|link|o:p)\b[^>]*>/gi
const STYLE = /\sstyle\s*=/gi
const WEIGHT = /font-weight:\s*(bold|[6-9]00)/i
const PLAIN_WEIGHT = /font-weight:\s*(normal|[1-4]00)/i
const SLANT = /font-style:\s*italic/i
const MARK = /^\s*(?:[·•o§▪-]|\(?(\d{1,3}|[a-z]{1,2})[.)])[\s\u00a0]+/i

export const cleanPasted = html => {
  const page = new DOMParser().parseFromString(
    html.replace(STYLE_SHEETS, "").replace(STYLE, " data-style="), "text/html",
  )
  wordLists(page)
  for (const node of page.querySelectorAll("b, i, span, font")) emphasis(node)
  for (const node of page.body.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) if (!KEPT.has(name)) node.removeAttribute(name)
  }
  return page.body.innerHTML
}

const KEPT = new Set(["href", "src", "alt", "width", "height", "colspan", "rowspan", "class", "data-pm-slice"])

// Google Docs wraps everything in a <b> that is not bold, and says bold by style.
const emphasis = node => {
  const style = node.dataset.style ?? ""
  const isBold = node.localName === "b" ? !PLAIN_WEIGHT.test(style) : WEIGHT.test(style)
  const isItalic = node.localName === "i" || SLANT.test(style)
  const outer = [isBold && "strong", isItalic && "em"].filter(Boolean)
  let parent = node.ownerDocument.createDocumentFragment()
  const top = parent
  for (const name of outer) parent = parent.appendChild(node.ownerDocument.createElement(name))
  parent.append(...node.childNodes)
  node.replaceWith(top)
}

// Word's lists are paragraphs that begin with their own bullet.
const wordLists = page => {
  let list = null
  let last = null
  for (const line of [...page.querySelectorAll("p")]) {
    if (!/mso-list:/i.test(line.dataset.style ?? "")) continue
    const mark = MARK.exec(line.textContent)
    const kind = mark?.[1] ? "ol" : "ul"
    if (last?.nextElementSibling !== line || list?.localName !== kind) {
      list = page.createElement(kind)
      line.before(list)
    }
    for (const ignored of line.querySelectorAll("[data-style*='mso-list:Ignore' i]")) ignored.remove()
    const item = page.createElement("li")
    item.append(...line.childNodes)
    list.append(item)
    line.remove()
    last = list
  }
}
