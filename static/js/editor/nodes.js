// What a post may hold beyond the usual, as the server keeps it: mentions, own pictures, tables.

import {
  Image, Link, ListItem, Node, OrderedList, Table, mergeAttributes, wrappingInputRule,
} from "../../django_prose_editor/editor.js"

const OWN_PICTURE = /^\/c\/[-\w]+\/attachments\/[0-9a-f-]{36}\/$/

export const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({
    href: { default: "" },
    name: { default: "", parseHTML: node => node.textContent.replace(/^@/, ""), renderHTML: () => ({}) },
  }),
  // Before a plain link.
  parseHTML: () => [{ tag: "a.mention", priority: 100 }],
  renderHTML: ({ node, HTMLAttributes }) => [
    "a", mergeAttributes(HTMLAttributes, { class: "mention" }), `@${node.attrs.name}`,
  ],
  renderText: ({ node }) => `@${node.attrs.name}`,
})

export const Picture = Image.extend({
  addAttributes() {
    const attributes = this.parent?.() ?? {}
    return {
      src: attributes.src,
      alt: { default: "" },
      width: { default: null },
      height: { default: null },
    }
  },
  parseHTML: () => [{
    tag: "img[src]",
    getAttrs: node => (OWN_PICTURE.test(node.getAttribute("src")) ? null : false),
  }],
  addInputRules: () => [],
})

// The bundle's list has styles of its own, and does not begin with "1. ".
export const Numbered = OrderedList.extend({
  addAttributes: () => ({}),
  addNodeView: () => null,
  renderHTML: () => ["ol", 0],
  addInputRules() {
    return [wrappingInputRule({ find: /^\d{1,2}[.)]\s$/, type: this.type })]
  },
})

// Shift+Tab moves an item of a list within a list out by one; elsewhere it leads back to the bar.
export const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      "Shift-Tab": () => {
        const { $from } = this.editor.state.selection
        const around = Array.from({ length: $from.depth + 1 }, (_, depth) => $from.node(depth).type)
        return around.filter(type => type === this.type).length > 1
          && this.editor.commands.liftListItem(this.name)
      },
    }
  },
})

export const Tables = Table.configure({ resizable: false }).extend({
  // Tab leads through the cells, and out of the table after the last one.
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      Tab: () => this.editor.commands.goToNextCell(),
      "Shift-Tab": () => this.editor.commands.goToPreviousCell(),
    }
  },
})

export const FileLink = bar => Link.configure({ openOnClick: false, defaultProtocol: "https" }).extend({
  addKeyboardShortcuts: () => ({ "Mod-k": () => { bar.act("link"); return true } }),
})
