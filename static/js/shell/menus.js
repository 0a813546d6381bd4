// <details class="menu"> closes when one clicks elsewhere, presses Escape or leaves it.

const open = () => document.querySelectorAll("details.menu[open]")

document.addEventListener("click", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false
})

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return
  for (const menu of open()) {
    menu.open = false
    menu.querySelector("summary").focus()
  }
})

document.addEventListener("focusin", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false
})

// A row of tabs wider than a phone shows the one that is open.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16
}
