// The editor itself, in the place of one textarea, which always holds what it says.

import {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, Dropcursor, Editor, Gapcursor,
  HardBreak, Heading, HorizontalRule, Italic, Paragraph, Strike, TableCell,
  TableHeader, TableRow, Text, TrailingNode, Underline, UndoRedo,
} from "../../django_prose_editor/editor.js"
import { Bar } from "./bar.js"
import { Names } from "./names.js"
import { FileLink, Item, Mention, Numbered, Picture, Tables } from "./nodes.js"
import { cleanPasted } from "./paste.js"
import { htmlOf, isHtml } from "./plain.js"
import { Told } from "./told.js"
import { Uploads } from "./uploads.js"

const extensions = bar => [
  Document, Paragraph, Text, Bold, Italic, Strike, Underline, Code, CodeBlock, Blockquote,
  Heading.configure({ levels: [2, 3] }), BulletList, Numbered, Item, HardBreak, HorizontalRule,
  Tables, TableRow, TableHeader, TableCell, Picture, Mention, FileLink(bar), UndoRedo,
  Dropcursor.configure({ color: false, class: "drop-place" }), Gapcursor, TrailingNode,
]

// What one writes stays clear of the bars at both ends of a phone's screen.
const ROOM = { top: 80, right: 0, bottom: 140, left: 0 }

// What the editor begins with: the text beside the textarea, unless that was changed since.
const beginning = (field, area) => {
  const kept = field.querySelector("template")
  if (kept && area.value === area.defaultValue) return kept.innerHTML
  return isHtml(area.value) ? area.value : htmlOf(area.value)
}

export const mount = (field, form, parts) => {
  if (field.editor) return
  const area = field.querySelector("textarea")
  const label = field.querySelector("label")
  const hadFocus = document.activeElement === area
  const host = document.createElement("div")
  host.className = "editor"
  const page = document.createElement("div")
  page.className = "editor__page"
  const bar = new Bar(parts)
  // A letter: nobody is told of being named in it, and most take no files.
  const isLetter = "letter" in form.dataset
  const takesFiles = !isLetter || "files" in form.dataset
  if (isLetter) bar.without("mention")
  if (!takesFiles) bar.without("file")
  const below = parts.make("below")
  host.append(bar.element, page, below)
  label.id ||= `${area.id}_label`

  const attributes = {
    "aria-labelledby": label.id,
    "aria-multiline": "true",
    class: "prose editor__text",
    id: area.id,
    role: "textbox",
  }
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) attributes[name] = area.getAttribute(name)
  }
  const content = beginning(field, area)
  const typed = area.value
  area.removeAttribute("id")
  area.after(host)
  area.hidden = true

  let uploads
  const editor = new Editor({
    element: page,
    injectCSS: false,
    extensions: extensions(bar),
    content,
    editorProps: {
      attributes,
      scrollMargin: ROOM,
      scrollThreshold: ROOM,
      transformPastedHTML: cleanPasted,
      handlePaste: (view, event) => uploads?.take(event, event.clipboardData),
      handleDrop: (view, event, slice, moved) => !moved && uploads?.take(event, event.dataTransfer),
      handleKeyDown: (view, event) => names?.key(event) || sends(event, form),
    },
  })
  uploads = takesFiles ? new Uploads(editor, form, below, parts.words) : undefined
  const names = isLetter ? undefined : new Names(editor, form, field, parts)
  const told = new Told(editor, form, below, parts.words)
  bar.attach(editor, uploads, names)

  const sync = () => { area.value = editor.isEmpty ? "" : editor.getHTML() }
  editor.on("update", () => {
    sync()
    area.dispatchEvent(new Event("input", { bubbles: true }))
    told.look()
  })
  sync()
  told.look()
  label.addEventListener("click", () => editor.commands.focus())
  // Whoever brings the person to the textarea brings them here.
  area.focus = () => editor.commands.focus()
  if (hadFocus) {
    // Before the command, which waits for the next frame: what is typed until then went nowhere.
    editor.view.focus()
    editor.chain().focus("end").insertContent(/[^\S\n]$/.test(typed) ? " " : "").run()
  }

  field.editor = editor
  field.quote = detail => quote(editor, form, detail, parts.words)
}

const sends = (event, form) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false
  form.requestSubmit(form.querySelector("[data-send]"))
  return true
}

const quote = (editor, form, { html, name, number }, words) => {
  const link = document.createElement("a")
  link.href = `${form.dataset.thread}?post=${number}#post-${number}`
  link.textContent = words.wrote.replace("%n", name)
  const { doc } = editor.state
  const isBlank = doc.lastChild.isTextblock && !doc.lastChild.content.size
  const place = doc.content.size - (isBlank ? doc.lastChild.nodeSize : 0)
  const text = `<blockquote><p>${number ? link.outerHTML : ""}</p>${cleanPasted(html)}</blockquote>${isBlank ? "" : "<p></p>"}`
  // Chromium types where the caret's paragraph was before, if it is not put there anew.
  getSelection().removeAllRanges()
  editor.chain().insertContentAt(place, text).focus("end").run()
}
