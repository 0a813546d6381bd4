// Between plain text, as typed in the textarea, and the editor's HTML.

const escape = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const LIST = /^(?:[-*•]|\d{1,2}[.)])\s+/

// What an editor left in a textarea, as the browser or the keeper of drafts put it back.
export const isHtml = text => /^<(p|h2|h3|ul|ol|blockquote|pre|table|img|hr)[\s>]/.test(text)

export const htmlOf = text => text.replaceAll("\r", "").trim().split(/\n\s*\n/)
  .filter(block => block.trim())
  .map(block => blockOf(block.split("\n")))
  .join("")

const blockOf = lines => {
  if (lines.every(line => line.startsWith(">"))) {
    return `<blockquote><p>${lines.map(line => escape(line.slice(1).trim())).join("<br>")}</p></blockquote>`
  }
  if (lines.every(line => LIST.test(line))) {
    const kind = /^\d/.test(lines[0]) ? "ol" : "ul"
    return `<${kind}>${lines.map(line => `<li><p>${escape(line.replace(LIST, ""))}</p></li>`).join("")}</${kind}>`
  }
  return `<p>${lines.map(escape).join("<br>")}</p>`
}

export const quoteAsText = html => {
  const page = new DOMParser().parseFromString(html, "text/html")
  for (const block of page.querySelectorAll("p, li, h2, h3, blockquote, tr, pre")) block.append("\n")
  for (const line of page.querySelectorAll("br")) line.replaceWith("\n")
  return page.body.textContent.trim().split(/\n+/).map(line => `> ${line.trim()}`).join("\n")
}
