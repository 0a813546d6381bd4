// <select data-guess-zone> starts with the time zone of this browser, for the person to confirm.

const guess = within => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  for (const select of within.querySelectorAll("select[data-guess-zone]")) {
    if ([...select.options].some(option => option.value === zone)) select.value = zone
  }
}

guess(document)
document.addEventListener("htmx:load", ({ target }) => guess(target))
