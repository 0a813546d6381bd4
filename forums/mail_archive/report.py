"""What became of every mail of an archive."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cohort.csvs import safe_cell
from forums.mail_archive.reading import Mail

COLUMNS = ("mail", "date", "from", "subject", "outcome", "why", "notes", "discussion", "message_id")


class Outcome(StrEnum):
    STARTED = "began a discussion"
    REPLIED = "became a reply"
    HERE = "was here already"
    LEFT_OUT = "left out"


@dataclass(slots=True)
class Row:
    mail: Mail
    outcome: Outcome
    why: str = ""
    thread_pk: int | None = None


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)
    files: int = 0
    # Names of those who have no account here, and how many of the mails taken in they wrote.
    unknown: Counter[str] = field(default_factory=Counter)

    def add(
        self, mail: Mail, outcome: Outcome, why: str = "", thread_pk: int | None = None
    ) -> None:
        self.rows.append(Row(mail, outcome, why, thread_pk))

    def take(self, other: "Report") -> None:
        self.rows += other.rows
        self.files += other.files
        self.unknown += other.unknown

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def reasons(self) -> Counter[str]:
        """Why mails were left out, and how many."""
        return Counter(row.why for row in self.rows if row.outcome is Outcome.LEFT_OUT)

    @property
    def notes(self) -> int:
        """How many mails came in with something to say about them."""
        return sum(bool(row.mail.notes) for row in self.rows if row.outcome is not Outcome.HERE)

    def save(self, path: Path) -> None:
        """A row for each mail, in the order of the archive, as CSV that spreadsheets open."""
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for row in sorted(self.rows, key=lambda row: row.mail.place):
                mail = row.mail
                writer.writerow(
                    safe_cell(cell)
                    for cell in (
                        mail.place,
                        mail.moment.isoformat(timespec="seconds"),
                        mail.author.name or ", ".join(mail.author.addresses),
                        mail.subject,
                        row.outcome.value,
                        row.why,
                        " ".join(mail.notes),
                        row.thread_pk or "",
                        mail.message_id,
                    )
                )
