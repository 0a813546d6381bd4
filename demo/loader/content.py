"""Reads the files in `demo/content/`: a few header lines, then plain words.

Every kind of file looks alike: `name: value` lines, an empty line, text. Threads and resources
share files, each beginning with `# `; a reply begins with as many `+` as it is deep. Of a resource
that was changed, `again` tells by whom, when and what, and `^` begins the lines that came then.
"""

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).resolve().parent.parent / "content"

_REPLY = re.compile(r"^(\++) (\S+) (\S+ \S+)$")
_HEADER = re.compile(r"^([a-z]+): ?(.*)$")
_ASKED = re.compile(r"(\d+) (\w+) (\S+): (.+)$")
_CHAT = re.compile(r"^(-?\d+) ([a-z]+\.[a-z]+): (.+)$")


@dataclass
class Words:
    """A header and the text below it."""

    header: dict[str, str]
    body: str

    def listed(self, name: str, separator: str = ",") -> list[str]:
        return [part.strip() for part in self.header.get(name, "").split(separator) if part.strip()]

    @cached_property
    def theme_names(self) -> list[str]:
        return self.listed("themes", ";") + self.listed("sub", ";")


@dataclass
class Reply:
    depth: int
    author: str
    when: str
    body: str


@dataclass
class ThreadWords(Words):
    title: str = ""
    replies: list[Reply] = field(default_factory=list)


@dataclass
class ResourceWords(Words):
    key: str = ""
    # What the file or the page itself says, and what it said at first; empty for a link.
    content: str = ""
    at_first: str = ""


@dataclass
class ChatLine:
    minute: int
    author: str
    body: str


def rows(name: str) -> list[dict[str, str]]:
    with (CONTENT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def threads() -> Iterator[ThreadWords]:
    for title, text in _entries("threads"):
        opening, *replies = re.split(r"(?m)^(?=\++ \S+ \S+ \S+$)", text)
        words = _words(opening)
        yield ThreadWords(words.header, words.body, title, [_reply(reply) for reply in replies])


def resources() -> Iterator[ResourceWords]:
    for key, text in _entries("library"):
        words = _words(text)
        description, _line, content = words.body.partition("\n---\n")
        now = re.sub(r"(?m)^\^", "", content)
        at_first = re.sub(r"(?m)^\^.*\n?", "", content)
        yield ResourceWords(words.header, description.strip(), key, now.strip(), at_first.strip())


def sessions() -> dict[str, Words]:
    """By title. The body's parts are found with `section`."""
    found = {}
    for path in sorted((CONTENT / "sessions").glob("*.md")):
        for text in path.read_text(encoding="utf-8").split("\n===\n"):
            words = _words(text.strip())
            found[words.header["title"]] = words
    return found


def on_now() -> Words:
    """What is said in the session that is on when the demo is loaded."""
    return _words((CONTENT / "now.md").read_text(encoding="utf-8").strip())


def section(body: str, name: str) -> str:
    """The part of a text under `## name`, or nothing."""
    match = re.search(rf"(?ms)^## {re.escape(name)}\n(.*?)(?=^## |\Z)", body)
    return match.group(1).strip() if match else ""


def chat(body: str) -> list[ChatLine]:
    lines = [_CHAT.match(line) for line in section(body, "chat").splitlines()]
    return [ChatLine(int(line[1]), line[2], line[3]) for line in lines if line]


@dataclass(frozen=True)
class AskedLine:
    votes: int
    state: str
    author: str  # empty: without a name
    text: str


def questions(body: str) -> list[AskedLine]:
    lines = [_ASKED.match(line) for line in section(body, "questions").splitlines()]
    return [
        AskedLine(int(line[1]), line[2], "" if line[3] == "-" else line[3], line[4])
        for line in lines
        if line
    ]


def pulse(body: str) -> Words | None:
    text = section(body, "pulse")
    return _words(text) if text else None


def _entries(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((CONTENT / folder).glob("*.md")):
        for entry in re.split(r"(?m)^# ", path.read_text(encoding="utf-8"))[1:]:
            title, _newline, text = entry.partition("\n")
            yield title.strip(), text.strip()


def _words(text: str) -> Words:
    lines = text.split("\n")
    header = {}
    while lines and (match := _HEADER.match(lines[0])):
        header[match[1]] = match[2].strip()
        lines.pop(0)
    return Words(header, "\n".join(lines).strip())


def _reply(text: str) -> Reply:
    first, _newline, body = text.partition("\n")
    match = _REPLY.match(first)
    if match is None:
        raise ValueError(f"not the head of a reply: {first!r}")
    return Reply(len(match[1]), match[2], match[3], body.strip())
