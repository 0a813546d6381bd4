// Runs in the head before anything is drawn: a chosen color scheme must not flash the other one.

{
  const root = document.documentElement
  root.classList.add("js")
  try {
    const theme = localStorage.getItem("theme")
    if (theme) root.dataset.theme = theme
  } catch { /* storage may be forbidden; the system's scheme it is */ }
}
