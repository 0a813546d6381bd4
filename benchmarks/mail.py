"""How fast the outbox sends, beside a bare loop that hands prepared mails to the same server."""

import os
import smtplib
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from benchmarks.servers import free_port, module, running
from benchmarks.world import World

WORKERS = 2
KIND = "sessions.reminder"


@dataclass(frozen=True)
class MailFigures:
    mails: int
    per_second: float
    bare_per_second: float

    @property
    def ratio(self) -> float:
        return self.per_second / self.bare_per_second


def measure(world: World) -> MailFigures:
    """A session's reminders to everybody, sent by two workers; then as many mails by a bare loop.

    Raises RuntimeError unless each reminder was sent.
    """
    from django.utils import timezone

    from notifications import planning
    from notifications.models import Delivery
    from sessions.models import LearningSession

    sessions = LearningSession.objects.filter(pk=world.session)
    starts_at = timezone.now() + timedelta(minutes=59)
    sessions.update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))
    planning.plan_due(timezone.now())
    # The one an hour before; the one a day before is long past due, and skipped.
    reminders = Delivery.objects.filter(kind=KIND, target_pk=world.session, params__minutes=60)
    mails = reminders.count()
    port = free_port()
    with running(module("benchmarks.sink", str(port)), port):
        begun = time.perf_counter()
        workers = [_worker(port) for _number in range(WORKERS)]
        for worker in workers:
            worker.wait()
        seconds = time.perf_counter() - begun - _idle_round(port)
        if reminders.exclude(state="sent").exists() or not mails:
            states = dict(reminders.values_list("state", "reason"))
            raise RuntimeError(f"not all of {mails} were sent: {states}")
        bare = _bare(port, mails)
    return MailFigures(mails, mails / seconds, bare)


def _worker(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_due"],
        env={**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL,
    )


def _idle_round(port: int) -> float:
    """What starting a worker costs when there is nothing to send: not the outbox's share."""
    begun = time.perf_counter()
    _worker(port).wait()
    return time.perf_counter() - begun


def _bare(port: int, mails: int) -> float:
    message = EmailMessage()
    message["From"], message["To"] = "notify@example.org", "person@example.org"
    message["Subject"] = "Reminder"
    message.set_content("A reminder.\n" * 40)
    message.add_alternative("<p>A reminder.</p>" * 600, subtype="html")
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for _number in range(mails):
            smtp.send_message(message)
    return mails / (time.perf_counter() - begun)
