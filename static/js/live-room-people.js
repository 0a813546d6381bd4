// Who is here, by name and team, and who is writing.

export class People {
  #place
  #short
  #typing
  #me
  #words

  constructor(page, room, words) {
    this.#place = page.querySelector("[data-presence]")
    this.#short = page.querySelector("[data-here-short]")
    this.#typing = page.querySelector("[data-typing]")
    this.#me = Number(room.dataset.me)
    this.#words = words
  }

  show({ count, people }) {
    const alone = count === 1 && people[0]?.id === this.#me
    const words = alone ? this.#words.hereOne : this.#words.hereMany.replace("{n}", count)
    this.#place.querySelector("[data-here]").textContent = words
    this.#short.textContent = words
    this.#short.hidden = count === 0
    const rows = people.map((who) => row(who.name, who.team))
    if (count > people.length) rows.push(row(this.#words.others.replace("{n}", count - people.length)))
    this.#place.querySelector("[data-people]").replaceChildren(...rows)
  }

  showTyping(people) {
    const names = people.filter((who) => who.id !== this.#me).map((who) => who.name)
    this.#typing.hidden = names.length === 0
    const words = names.length === 1 ? this.#words.typesOne : this.#words.typesMany
    this.#typing.textContent = names.length ? words.replace("{name}", names.join(", ")) : ""
  }
}

function row(name, team) {
  const item = document.createElement("li")
  item.append(name)
  if (team) {
    const where = document.createElement("span")
    where.className = "soft"
    where.textContent = ` ${team}`
    item.append(where)
  }
  return item
}
