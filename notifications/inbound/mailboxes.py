"""Which of our addresses a mail came to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from cohort.addresses import canonical_address
from cohort.mails import heads
from cohort.models.feed_keys import digest_of

REPLY, UNSUBSCRIBE, CALENDAR, SENDER = "reply", "unsubscribe", "calendar", "sender"
_WITH_TOKEN = re.compile(r"(?P<name>reply|unsubscribe)[+-](?P<token>[0-9a-z-]{1,60})", re.ASCII)
# Where servers note the address that a mail was delivered to; what people wrote comes last.
_NOTED = ("delivered-to", "x-original-to", "x-gm-original-to", "envelope-to", "x-envelope-to")
_WRITTEN = ("to", "cc")
SHOWN = 6


@dataclass(frozen=True)
class Mailbox:
    """One of our addresses: its kind, and the token in it."""

    name: str
    address: str
    token: str = ""

    @property
    def digest(self) -> str:
        return digest_of(self.token) if self.token else ""

    @property
    def shown(self) -> str:
        """For logs and people: never the whole token."""
        return (
            self.address.replace(self.token, f"{self.token[:SHOWN]}…")
            if self.token
            else (self.address)
        )


def find(address: str) -> Mailbox | None:
    """The mailbox of an address; None if it is not ours to read."""
    address = canonical_address(address)
    local, _at, domain = address.rpartition("@")
    if domain and domain == settings.REPLY_DOMAIN and (found := _WITH_TOKEN.fullmatch(local)):
        return Mailbox(found["name"], address, found["token"])
    for name, sender in settings.MAIL_FROM.items():
        if address == canonical_address(sender):
            return Mailbox(CALENDAR if name == "calendar" else SENDER, address)
    return None


def find_all(addresses: Iterable[str]) -> list[Mailbox]:
    """Each of our mailboxes among the addresses once."""
    return list(dict.fromkeys(filter(None, map(find, addresses))))


def noted_in(fields: heads.Fields) -> list[str]:
    """To whom a mail was delivered as its head tells, where no server said it otherwise."""
    noted = [address for name in _NOTED for address in heads.addresses(fields, name)]
    written = [address for name in _WRITTEN for address in heads.addresses(fields, name)]
    return noted if find_all(noted) else written
