"""A mail server that does as it is told, and kinds of mail to send to it."""

import asyncio
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.utils import timezone

from notifications import registry
from notifications.models import Delivery, Outage
from notifications.registry import Kind, Mail, Topic


@dataclass
class Sink:
    """What arrived, and how it behaves: `answers` by address and command, or `always`."""

    host: str = "127.0.0.1"
    port: int = 0
    arrived: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    rcpt: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 OK"
    drop_after_data: bool = False
    drop_before_data: bool = False
    slow_seconds: float = 0.0
    hang: threading.Event = field(default_factory=threading.Event)

    @property
    def addresses(self) -> list[str]:
        return [address for address, _message in self.arrived]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.rcpt:
            return self.rcpt[address]
        if self.drop_before_data:
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.slow_seconds)
        if not self.data_answer.startswith("250"):
            return self.data_answer
        self.arrived.append((envelope.rcpt_tos[0], envelope.content))
        if self.drop_after_data:
            server.transport.abort()
        return self.data_answer


class SinkController(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="sink.example.org")

    def _trigger_server(self):
        # The port was left to the system, and is known once it listens.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def sink(settings):
    sink = Sink()
    controller = SinkController(sink, hostname=sink.host, port=0)
    controller.start()
    sink.port = controller.port
    sink.connections = 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    settings.EMAIL_TIMEOUT = 1
    yield sink
    controller.stop()


def note_of(delivery):
    return Mail(subject=f"Note {delivery.target_pk}", text="A note.\n", html="<p>A note.</p>")


def compose_notes(deliveries):
    return [(delivery, note_of(delivery)) for delivery in deliveries]


@pytest.fixture
def notes(monkeypatch):
    """Kinds of mail to play with: `note` may be switched off, `summons` is safe to repeat, and of
    `paper` three are noted as begun at once.
    """
    monkeypatch.setitem(registry.topics, "notes", Topic("notes", "Notes", "Short notes."))
    for kind in (
        Kind("note", "Note", compose_notes, topic="notes"),
        Kind("summons", "Summons", compose_notes, resend_uncertain=True),
        Kind("paper", "Paper", compose_notes, topic="notes", group=3),
    ):
        monkeypatch.setitem(registry.kinds, kind.name, kind)


@pytest.fixture
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


def eventually(condition, seconds: float = 20.0):
    """Wait until something is so, and fail if it does not become so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def states() -> dict[str, str]:
    """What became of whose mail, and why."""
    rows = Delivery.objects.select_related("recipient__user")
    return {str(row.recipient): f"{row.state} {row.reason}".strip() for row in rows}


def later(minutes: float) -> None:
    """Time passes for everything in the outbox."""
    for row in Delivery.objects.all():
        for name in ("not_before", "expires_at", "lease_until"):
            if moment := getattr(row, name):
                setattr(row, name, moment - timedelta(minutes=minutes))
        row.save()
    Outage.objects.update(retry_at=timezone.now())
