"""One mail that came in, read as far as the gates ask."""

import email
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32
from functools import cached_property

from cohort.mails import heads


class Unreadable(Exception):
    """Not a mail."""


@dataclass
class Letter:
    """A mail's head at once, its parts when they are asked for."""

    raw: bytes

    @cached_property
    def pairs(self) -> list[tuple[str, bytes]]:
        return heads.pairs_of(heads.head_of(self.raw))

    @cached_property
    def fields(self) -> heads.Fields:
        return heads.fields_of(heads.head_of(self.raw))

    @cached_property
    def message(self) -> Message:
        """Raises Unreadable."""
        try:
            return email.message_from_bytes(self.raw, policy=compat32)
        except Exception as error:  # made-up mails break it in many ways
            raise Unreadable from error

    @cached_property
    def author(self) -> str:
        """The one address it is from; empty if there is none, or several."""
        if len(self.fields.get("from", [])) != 1:
            return ""
        found = heads.addresses(self.fields, "from")
        return found[0] if len(found) == 1 else ""

    @cached_property
    def subject(self) -> str:
        return heads.text(self.fields, "subject")

    @cached_property
    def answered(self) -> list[str]:
        """The Message-IDs that it answers, the nearest first, in brackets."""
        return [f"<{each}>" for each in reversed(heads.parents(self.fields))]

    def text(self, name: str) -> str:
        return heads.text(self.fields, name)
