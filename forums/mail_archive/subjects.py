"""Subjects of mails as titles: without "Re:" in any language and without the list's own mark."""

import re
from collections import Counter
from collections.abc import Iterable

from cohort.richtext import excerpt

LONGEST_TITLE = 140
_PREFIX = re.compile(
    r"\s*(?P<what>re|aw|antw|antwort|sv|vs|rép|rif|res|odp|ynt|回复|答复|返信|"
    r"fwd?|wg|tr|rv|doorst|转发)(?:\s*\[\d+\]|\s*\(\d+\)|\^\d+)?\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARDS = {"fw", "fwd", "wg", "tr", "rv", "doorst", "转发"}
_MARK = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*")
# A mark in so many subjects is the list's own.
_SHARE = 0.3


class Subjects:
    """Reads the subjects of one archive, knowing what its list puts before them."""

    def __init__(self, subjects: Iterable[tuple[str, str]]) -> None:
        """From each mail's subject and the name of its list."""
        marks: Counter[str] = Counter()
        names, count = set(), 0
        for subject, list_name in subjects:
            count += 1
            names.add(list_name)
            mark = _MARK.match(_without_prefixes(subject))
            if mark:
                marks[mark[1].casefold()] += 1
        common = {mark for mark, times in marks.items() if times > max(3, count * _SHARE)}
        self.marks = common | {name for name in names if name}

    def title(self, subject: str) -> str:
        """What a thread is called; empty if nothing is left."""
        bare = self.bare(subject)
        return bare if len(bare) <= LONGEST_TITLE else excerpt(bare, LONGEST_TITLE - 1)[:140]

    def bare(self, subject: str) -> str:
        before = None
        while subject != before:
            before = subject
            subject = _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject
            mark = _MARK.match(subject)
            if mark and mark[1].casefold() in self.marks:
                subject = subject[mark.end() :]
        return subject.strip()

    def is_reply(self, subject: str) -> bool:
        mark = _MARK.match(subject)
        rest = subject[mark.end() :] if mark and mark[1].casefold() in self.marks else subject
        prefix = _PREFIX.match(rest)
        return prefix is not None and prefix["what"].lower() not in _FORWARDS


def _without_prefixes(subject: str) -> str:
    while prefix := _PREFIX.match(subject):
        subject = subject[prefix.end() :]
    return subject
