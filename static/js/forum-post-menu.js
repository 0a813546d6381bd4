// The one menu of a thread's posts: filled for the post it is opened at, a sheet on phones.
// Every act in it is also a form or a link on the post's own page.

const say = (text, level) => document.querySelector("toast-region")?.say(text, level)
const words = () => document.getElementById("words").dataset
const phone = matchMedia("(max-width: 35.99rem)")

let menu, thread, opener, post

// The post's own page holds the menu's template; one visit is enough for all posts.
const made = async address => {
  const answer = await fetch(address)
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  menu = document.importNode(page.getElementById("post-menu").content, true).firstElementChild
  document.body.append(menu)
  menu.addEventListener("click", act)
  menu.addEventListener("keydown", move)
  menu.addEventListener("toggle", ({ newState }) => opener?.setAttribute("aria-expanded", newState === "open"))
}

export const openMenu = async (posts, link, article) => {
  try {
    menu ?? await made(link.href)
  } catch {
    return location.assign(link.href)
  }
  const again = opener === link && menu.matches(":popover-open")
  if (again) return menu.hidePopover()
  ;[thread, opener, post] = [posts, link, article]
  fill()
  opener.setAttribute("aria-haspopup", "menu")
  menu.showPopover({ source: opener })
  place()
  items()[0].focus()
}

const number = () => post.id.slice(5)
const url = path => new URL(`posts/${number()}/${path}`, new URL(thread.dataset.url, location.href))
const is = state => post.classList.contains(`post--${state}`)

const offered = {
  own: () => is("own"),
  others: () => !is("own"),
  history: () => !!post.querySelector("a.post__edited"),
  answer: () => number() !== "1",
}

const fill = () => {
  for (const item of menu.querySelectorAll("[data-on]")) item.hidden = !offered[item.dataset.on]()
  for (const item of menu.querySelectorAll("[data-href]")) item.href = url(item.dataset.href)
  for (const item of menu.querySelectorAll("[data-post]")) item.setAttribute("aria-checked", checked(item))
}

const checked = ({ dataset }) => {
  if (dataset.kind) return !!post.querySelector(`.reaction[value=${dataset.kind}][aria-pressed=true]`)
  return is(dataset.post === "answer/" ? "answer" : "saved")
}

const place = () => {
  menu.style.insetBlockStart = menu.style.insetInlineStart = ""
  if (phone.matches) return
  const at = opener.getBoundingClientRect()
  const { offsetHeight: height, offsetWidth: width } = menu
  const below = at.bottom + height + 8 < innerHeight
  menu.style.insetBlockStart = `${Math.max(8, below ? at.bottom : at.top - height)}px`
  menu.style.insetInlineStart = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`
}

// ---------------------------------------------------------------- keys

const items = () => [...menu.querySelectorAll("[role^=menuitem]")].filter(item => !item.hidden)

const move = event => {
  const all = items()
  const here = all.indexOf(document.activeElement)
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key]
  if (next !== undefined) {
    event.preventDefault()
    all.at(next % all.length).focus()
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault()
    shut()
  }
}

const shut = () => {
  menu.hidePopover()
  opener?.focus()
}

// ---------------------------------------------------------------- acts

const act = event => {
  const item = event.target.closest("[role^=menuitem]")
  if (!item || item.dataset.href !== undefined) return
  shut()
  if (item.dataset.act === "quote") quote()
  else if (item.dataset.act === "copy") copy(item)
  else send(item)
}

// What is selected in the post, or all of it.
const quote = () => {
  const body = post.querySelector(".prose")
  const chosen = getSelection()
  const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null
  const holder = document.createElement("div")
  if (range && body.contains(range.commonAncestorContainer)) holder.append(range.cloneContents())
  else holder.append(...[...body.cloneNode(true).childNodes].filter(node => !node.matches?.(".post__mark, .post__hidden")))
  const name = post.querySelector(".post__author").textContent
  const to = number()
  thread.replyTo(to)
  document.getElementById("reply").dispatchEvent(
    new CustomEvent("forum:quote", { detail: { html: holder.innerHTML, name, number: to } }),
  )
}

const copy = async item => {
  const place = new URL(`?post=${number()}#${post.id}`, new URL(thread.dataset.url, location.href))
  try {
    await navigator.clipboard.writeText(place.href)
    say(item.dataset.done, "success")
  } catch {
    location.assign(url(""))
  }
}

// The post's own page comes back, and the post in it takes the place of this one.
const send = async item => {
  const isOn = item.getAttribute("aria-checked") === "true"
  if (item.dataset.undo) return leave(url(isOn ? item.dataset.undo : item.dataset.post))
  const fresh = await exchange(post, url(item.dataset.post), item.dataset.kind)
  fresh?.querySelector(`a.post__act[href$="/posts/${fresh.id.slice(5)}/"]`)?.focus()
}

// What changes more than this post: a page of its own follows.
const leave = address => {
  const form = document.getElementById("act")
  form.action = address
  form.requestSubmit()
}

// Does what a reaction's button on a post would do without scripts.
export const press = async button => {
  const here = button.closest(".post")
  const fresh = await exchange(here, button.formAction, button.value)
  fresh?.querySelector(`.reaction[value=${button.value}], .post__act`)?.focus()
}

const exchange = async (here, address, kind) => {
  const body = new FormData(document.getElementById("act"))
  body.set("back", "post")
  if (kind) body.set("kind", kind)
  try {
    const answer = await fetch(address, { method: "POST", body })
    if (new URL(answer.url).pathname.startsWith("/accounts/")) return location.reload()
    if (!answer.ok) return say(answer.status === 403 ? words().forbidden : words().refused, "error")
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    for (const toast of page.querySelectorAll("#messages .toast p")) say(toast.textContent, "error")
    const fresh = page.getElementById(here.id)
    fresh.classList.toggle("post--new", here.classList.contains("post--new"))
    const to = here.querySelector(".post__to")
    const hasTo = fresh.querySelector(".post__to")
    if (to && hasTo) hasTo.replaceWith(to)
    here.replaceWith(fresh)
    return fresh
  } catch {
    say(words().unreachable, "error")
  }
}
