"""What a mail server may answer to one mail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The server has it, under a name of its own if it told one."""

    provider_id: str = ""


@dataclass(frozen=True)
class Deferred:
    """Not taken now; it may be later (SMTP 4yz, or the connection broke before the end)."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """Never for this address (SMTP 5yz)."""

    reason: str


@dataclass(frozen=True)
class Unclear:
    """All of it was sent, then no answer came: it may have been taken."""

    reason: str


Verdict = Accepted | Deferred | Refused | Unclear
