"""What is printed, and kept in docs/performance.md."""

from pathlib import Path

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


class Report:
    """What was measured, printed as it comes, and which limits were missed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.missed: list[str] = []

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self.lines.append(line)

    def table(self, *columns: str) -> None:
        self.say()
        self.row(*columns)
        self.row(*("---" for _column in columns))

    def row(self, *cells: str) -> None:
        self.say(f"| {' | '.join(cells)} |")

    def keep(self) -> None:
        page = PAGE.read_text()
        head, rest = page.split(BEGIN)
        _old, tail = rest.split(END)
        PAGE.write_text(f"{head}{BEGIN}\n\n" + "\n".join(self.lines) + f"\n\n{END}{tail}")


def pair(values: tuple[float, float], digits: int = 0) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)


def listed(values: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)
