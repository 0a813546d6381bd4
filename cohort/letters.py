"""Sanitized HTML as the text part of a mail: to be read as a letter is, by a person or aloud."""

from html.parser import HTMLParser
from itertools import takewhile, zip_longest

# What mail programs show without breaking lines.
WIDTH = 72
RULE = "— — —"
Row = list[str]


def to_letter(html: str) -> str:
    """Paragraphs, `> ` before quotes, `- ` in lists, links as “words (address)”; no markup.

    Takes time in proportion to its length.
    """
    writer = _LetterWriter()
    writer.feed(html)
    writer.close()
    writer.end_block()
    return "\n".join(writer.lines)


class _LetterWriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.words: list[str] = []  # of the block that is being read
        self.around: list[str] = []  # what each of its lines begins with
        self.last_around = ""
        self.mark = ""  # of a list's item that has no words yet
        self.follows_item = False
        self.lists: list[int] = []  # the number of the last item; below 0 in those without
        self.link: tuple[str, int] | None = None  # its address, and where its words begin
        self.verbatim = 0
        self.table = _Table()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "a" if given.get("class") != "mention" and given.get("href"):
                self.link = given["href"] or "", len(self.words)
            case "img" if given.get("alt"):
                self.words.append(f"[{given['alt']}]")
            case "br":
                self.words.append(" " if self.table.depth else "\n")
            case "s" | "del":
                self.words.append("~")  # said without it, it would say the opposite
            case "table" | "tr" | "td" | "th":
                self._begin_of_table(tag)
            case _ if self.table.depth:
                self.words.append(" " if tag in ("p", "li", "h2", "h3", "pre") else "")
            case "ul" | "ol" | "li" | "blockquote" | "pre" | "p" | "h2" | "h3" | "hr":
                self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        self.end_block()
        match tag:
            case "ul" | "ol":
                self.lists.append(0 if tag == "ol" else -1)
            case "li":
                self._begin_item()
            case "blockquote":
                self.around.append("> ")
            case "pre":
                self.verbatim += 1
            case "hr":
                self._write([RULE])

    def _begin_item(self) -> None:
        self.mark = "- "
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            self.mark = f"{self.lists[-1]}. "
        self.around.append(" " * len(self.mark))

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "a" if self.link:
                self._end_link(*self.link)
            case "s" | "del":
                self.words.append("~")
            case "table" | "tr" | "td" | "th":
                self._end_of_table(tag)
            case _ if self.table.depth:
                return
            case "ul" | "ol" | "li" | "blockquote" | "pre" | "p" | "h2" | "h3":
                self._end_block_of(tag)

    def _end_block_of(self, tag: str) -> None:
        self.end_block(underlined=tag in ("h2", "h3"))
        match tag:
            case "ul" | "ol" if self.lists:
                self.lists.pop()
                self.follows_item = bool(self.lists)
            case "li" | "blockquote" if self.around:
                self.around.pop()
                self.mark = ""
            case "pre":
                self.verbatim = max(0, self.verbatim - 1)

    def handle_data(self, data: str) -> None:
        is_kept = self.verbatim and not self.table.depth
        self.words.append(data if is_kept else data.replace("\n", " "))

    def _end_link(self, address: str, start: int) -> None:
        words = "".join(self.words[start:])
        del self.words[start:]
        self.words.append(_link(words, address))
        self.link = None

    def end_block(self, *, underlined: bool = False) -> None:
        """Write what was read of a block, if it is anything."""
        lines = _lines("".join(self.words), verbatim=bool(self.verbatim))
        self.words = []
        if self.link:
            self.link = self.link[0], 0
        if lines and underlined:
            lines.append("-" * min(max(map(len, lines)), WIDTH))
        if lines:
            self._write(lines)

    def _write(self, lines: list[str]) -> None:
        """Lines of one block, with a blank one before it unless both are items of a list."""
        around = "".join(self.around)
        if self.lines and not (self.mark and self.follows_item):
            self.lines.append(_shared(self.last_around, around).rstrip())
        first = f"{''.join(self.around[:-1])}{self.mark}" if self.mark else around
        self.lines += [
            f"{around if number else first}{line}".rstrip() for number, line in enumerate(lines)
        ]
        self.last_around, self.follows_item, self.mark = around, bool(self.lists), ""

    def _begin_of_table(self, tag: str) -> None:
        table = self.table
        if tag == "table":
            if not table.depth:
                self.end_block()
            table.depth += 1
        elif table.depth == 1 and tag == "tr":
            table.rows.append([])
        elif table.depth == 1:
            self._end_cell()
            table.is_in_cell = True
            table.has_head |= tag == "th" and len(table.rows) == 1
        else:
            self.words.append(" ")

    def _end_of_table(self, tag: str) -> None:
        table = self.table
        if table.depth == 1:
            self._end_cell()
        if tag == "table" and table.depth:
            table.depth -= 1
            if not table.depth:
                lines, self.table = table.lines(), _Table()
                if lines:
                    self._write(lines)

    def _end_cell(self) -> None:
        words = " ".join("".join(self.words).split())
        self.words = []
        if self.link:
            self.link = self.link[0], 0
        self.table.put(words)


class _Table:
    """The rows of the outermost table; those within its cells are words like any other."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_in_cell = False
        self.has_head = False
        self.rows: list[Row] = []

    def put(self, words: str) -> None:
        """A cell that ended, empty or not; or words that stand between cells."""
        if words or self.is_in_cell:
            self.rows = self.rows or [[]]
            self.rows[-1].append(words)
        self.is_in_cell = False

    def lines(self) -> list[str]:
        """Side by side where it fits; else a row after the other, each cell with what it is."""
        rows = [row for row in self.rows if any(row)]
        widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
        if sum(widths) + 2 * (len(widths) - 1) <= WIDTH:
            return self._side_by_side(rows, widths)
        head, others = (rows[0], rows[1:]) if self.has_head and len(rows) > 1 else ([], rows)
        return [line for row in others for line in (*_record(head, row), "")][:-1]

    def _side_by_side(self, rows: list[Row], widths: list[int]) -> list[str]:
        lines = [
            "  ".join(words.ljust(width) for words, width in zip(row, widths, strict=False))
            for row in rows
        ]
        if self.has_head and len(rows) > 1:
            lines.insert(1, "  ".join("-" * width for width in widths))
        return lines


def _record(head: Row, row: Row) -> list[str]:
    names = [*head[: len(row)], *[""] * (len(row) - len(head))]
    cells = [(name, words) for name, words in zip(names, row, strict=True) if words]
    return [f"{name}: {words}" if name else words for name, words in cells]


def _shared(before: str, after: str) -> str:
    """What both begin with."""
    return "".join(
        a for a, _b in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    )


def _lines(text: str, *, verbatim: bool) -> list[str]:
    """The lines of a block, without blank ones around them."""
    lines = text.split("\n")
    lines = [line.rstrip() for line in lines] if verbatim else [" ".join(x.split()) for x in lines]
    while lines and not lines[-1]:
        lines.pop()
    first = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[first:]


def _link(words: str, address: str) -> str:
    """The words and where they lead; once, where they are the same."""
    plain, bare = words.strip(), address.removeprefix("mailto:")
    if not plain or plain == address:
        return words.replace(plain, address) if plain else address
    if plain.rstrip("/") == bare.split("://")[-1].rstrip("/"):
        return words if bare != address else words.replace(plain, address)
    return f"{words.rstrip()} ({bare})"
