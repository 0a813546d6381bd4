"""How fast the outbox sends, beside a bare loop that hands the same messages to the same server.

Thrice: a session's reminders, checked and composed one for each reader; and mail whose words are
prepared, which shows what claiming, checking, noting and handing over cost by themselves: in
groups, as editions go, and one by one, as reminders do. The bare loop gets the finished bytes of
those very mails, and does nothing but send them.
"""

import json
import smtplib
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import mail_worker
from benchmarks.measure import median
from benchmarks.prepared import BULK, SINGLE
from benchmarks.servers import free_port, module, running
from benchmarks.world import World

REMINDER = "sessions.reminder"
# The outbox sends prepared mails, in groups, at no less than this share of the bare loop's rate.
LEAST = 0.6

Message = tuple[str, str, bytes]


@dataclass(frozen=True)
class MailFigures:
    mails: int
    composed: float  # mails a second
    bulk: float
    single: float
    bare: float


def measure(world: World, rounds: int = 3) -> MailFigures:
    """The medians of some rounds, each of all in turn. RuntimeError unless all is sent."""
    port = free_port()
    with (
        running(module("benchmarks.sink", str(port)), port),
        tempfile.TemporaryDirectory() as folder,
    ):
        messages = _reminders(world)
        words = Path(folder) / "words.json"
        words.write_text(json.dumps(_words(world)))
        figures = []
        for number in range(rounds):
            bare = _bare(port, messages)
            composed = _outbox(port, REMINDER)
            bulk, single = (_prepared(port, kind, number, words) for kind in (BULK, SINGLE))
            figures.append((composed, bulk, single, bare))
            _again(REMINDER)
    return MailFigures(len(messages), *(median(column) for column in zip(*figures, strict=True)))


def _reminders(world: World) -> list[Message]:
    """Plan a session's reminders to everybody; the bytes of each, as the outbox will send them."""
    from django.utils import timezone

    from notifications import planning
    from notifications.models import Delivery
    from sessions.models import LearningSession
    from sessions.models.reminders import ReminderRule

    Delivery.objects.all().delete()
    everybody = ReminderRule.Audience.EVERYBODY
    ReminderRule.objects.get_or_create(
        cohort=LearningSession.objects.get(pk=world.session).cohort, minutes=60, audience=everybody
    )
    starts_at = timezone.now() + timedelta(minutes=59)
    sessions = LearningSession.objects.filter(pk=world.session)
    sessions.update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))
    planning.plan_due(timezone.now())
    # The one an hour before; those long before are past due.
    Delivery.objects.exclude(kind=REMINDER, params__minutes=60).update(state="skipped")
    return [_message(delivery, mail) for delivery, mail in _composed()]


def _composed() -> list[tuple[Any, Any]]:
    from notifications import composing, marks, sending

    composed = []
    while batch := sending.claim():
        composed += composing.compose(batch)
    marks.release([delivery for delivery, _mail in composed])
    return composed


def _message(delivery: Any, mail: Any) -> Message:
    from notifications.composing import address_of
    from notifications.message import build
    from notifications.mime import as_bytes

    message = build(delivery, mail, address_of(delivery))
    return "notify@example.org", message.to[0], as_bytes(message)


def _words(world: World) -> dict[str, str]:
    from notifications import composing
    from notifications.models import Delivery

    one = Delivery.objects.filter(kind=REMINDER, state="pending").select_related(
        "cohort", "recipient__user", "recipient__cohort", "recipient__team"
    )[0]
    ((_delivery, mail),) = composing.compose([one])
    return {"subject": mail.subject, "text": mail.text, "html": mail.html}


def _prepared(port: int, kind: str, number: int, words: Path) -> float:
    from notifications.models import Delivery

    Delivery.objects.bulk_create(
        Delivery(
            kind=kind,
            dedupe_key=f"{kind}:{number}:{reminder.pk}",
            cohort_id=reminder.cohort_id,
            recipient_id=reminder.recipient_id,
        )
        for reminder in Delivery.objects.filter(kind=REMINDER, params__minutes=60)
    )
    return _outbox(port, kind, words)


def _outbox(port: int, kind: str, words: Path | None = None) -> float:
    """Mails a second by two workers, from when the first of them begins."""
    from django.utils import timezone

    from notifications.models import Delivery

    due, since = Delivery.objects.filter(kind=kind, state="pending").count(), timezone.now()
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.prepared_settings"} if words else {}
    told = mail_worker.run_some(port, **settings, BENCH_PREPARED=str(words or ""))
    sent = Delivery.objects.filter(kind=kind, state="sent", settled_at__gte=since).count()
    if sent != due or not due:
        raise RuntimeError(f"{sent} of {due} mails were sent")
    return due / mail_worker.seconds_of(told)


def _again(kind: str) -> None:
    from notifications.models import Delivery

    sent = Delivery.objects.filter(kind=kind, state="sent")
    sent.update(state="pending", settled_at=None, attempts=0)


def _bare(port: int, messages: list[Message]) -> float:
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for sender, recipient, data in messages:
            smtp.sendmail(sender, [recipient], data)
    return len(messages) / (time.perf_counter() - begun)
