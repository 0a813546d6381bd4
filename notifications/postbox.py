"""Handing messages to the mail server, one by one over one connection, and what it said."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from notifications import outages, providers
from notifications.mime import as_bytes, bare_address
from notifications.verdicts import Accepted, Deferred, Refused, Unclear, Verdict


class Postbox:
    """One connection to the mail server, opened when needed and kept until closed."""

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.is_open = False
        self.is_down = False

    def __enter__(self) -> "Postbox":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def open(self) -> bool:
        """Whether there is a connection; when the server is away the outage is noted."""
        if self.is_open or self.is_down:
            return self.is_open
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._went_down(_words(error))
            return False
        outages.note_up()
        self.is_open = True
        return True

    def close(self) -> None:
        """Leave; a server that is gone already is left without a word."""
        self.is_open = False
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            self.backend.connection = None

    def hand_over(self, message: EmailMultiAlternatives) -> Verdict:
        """Send one message and say what became of it. Never raises for what a server does."""
        if not isinstance(self.backend, SmtpBackend):
            return self._hand_over_to_backend(message)
        verdict = self._say(message)
        if isinstance(verdict, _Broken) and not verdict.was_sent:
            # The server may have closed an idle or long connection: once more, on a new one.
            self.close()
            verdict = self._say(message) if self.open() else verdict
        if not isinstance(verdict, _Broken):
            return verdict
        self.close()
        if not self.is_down:
            self._went_down(verdict.reason)
        return Unclear(verdict.reason) if verdict.was_sent else Deferred(verdict.reason)

    def _say(self, message: EmailMultiAlternatives) -> "Verdict | _Broken":
        try:
            sender, recipient, data = _envelope(message)
        except (UnicodeError, ValueError) as error:
            return Refused(_words(error))
        progress = _Progress()
        try:
            return _transaction(self.backend.connection, sender, recipient, data, progress)
        except (OSError, smtplib.SMTPException) as error:
            return _Broken(_words(error), progress.all_sent)

    def _hand_over_to_backend(self, message: EmailMultiAlternatives) -> Verdict:
        """For a provider's API and for the demo's mailbox."""
        try:
            self.backend.send_messages([message])
        except Exception as error:  # any backend's own kinds of errors
            failure = providers.judge(error)
            if failure.is_outage:
                self._went_down(_words(error))
            return failure.verdict(_words(error))
        return Accepted(providers.name_of(message))

    def _went_down(self, error: str) -> None:
        self.is_down = True
        outages.note_down(error)


@dataclass(frozen=True)
class _Broken:
    """The connection ended in the middle."""

    reason: str
    was_sent: bool


class _Progress:
    all_sent = False


def _envelope(message: EmailMultiAlternatives) -> tuple[str, str, bytes]:
    sender = bare_address(parseaddr(message.from_email)[1])
    if message.extra_headers.get("Auto-Submitted") == "auto-replied":
        sender = ""  # an answer that wants none, not even a report (RFC 3834 §3.3)
    return sender, bare_address(message.to[0]), as_bytes(message)


def _transaction(
    smtp: smtplib.SMTP, sender: str, recipient: str, data: bytes, progress: _Progress
) -> Verdict:
    """One mail transaction (RFC 5321 §3.3), knowing how far it came when it breaks.

    smtplib's own `sendmail` does not tell a connection lost before the end of the data, when
    nothing was taken, from one lost after it, when it may have been.
    """
    smtp.ehlo_or_helo_if_needed()
    for step, refusal in _steps(smtp, sender, recipient, _options(smtp, data)):
        code, words = step()
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_answer(code, words))
        if code // 100 not in (2, 3):
            smtp.rset()
            return refusal(_answer(code, words)) if code // 100 == 5 else _deferred(code, words)
    smtp.send(_dotted(data))
    progress.all_sent = True
    code, words = smtp.getreply()
    if code // 100 == 2:
        return Accepted(_name_in(words))
    if code == 421:
        progress.all_sent = False  # it said itself that it takes nothing
        raise smtplib.SMTPServerDisconnected(_answer(code, words))
    return Refused(_answer(code, words)) if code // 100 == 5 else _deferred(code, words)


def _steps(
    smtp: smtplib.SMTP, sender: str, recipient: str, options: list[str]
) -> list[tuple[Callable[[], tuple[int, bytes]], Callable[[str], Verdict]]]:
    """Each command, and what a 5yz answer to it means.

    A refused sender is our own trouble, not the recipient's: such mail waits to be sent later.
    """
    return [
        (lambda: smtp.mail(sender, options), Deferred),
        (lambda: smtp.rcpt(recipient), Refused),
        (lambda: smtp.docmd("DATA"), Refused),
    ]


def _options(smtp: smtplib.SMTP, data: bytes) -> list[str]:
    """What we say of a message where the server understands it (RFC 1870)."""
    return [f"size={len(data)}"] if smtp.has_extn("size") else []


def _dotted(data: bytes) -> bytes:
    """Transparency and the end of the data, which begins with a header (RFC 5321 §4.5.2)."""
    return data.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _name_in(words: bytes) -> str:
    """The name that a server gave the mail: "2.0.0 Ok: queued as 4F1BC2" (no standard says so)."""
    last = words.decode(errors="replace").split()[-1:]
    name = last[0].strip("<>().;,") if last else ""
    return name if len(name) >= 6 and any(char.isdigit() for char in name) else ""


def _deferred(code: int, words: bytes) -> Deferred:
    return Deferred(_answer(code, words))


def _answer(code: int, words: bytes) -> str:
    return f"{code} {words.decode(errors='replace')}".replace("\n", " ")[:200]


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
