"""The worker's round for devices: claim what is due, look once more, post it, note what came of it.

The same rows, states and rules as for mail (`notifications.sending`). Posting the same twice is
harmless: a device shows one line for one thing.
"""

import hashlib
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import requests
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import bell, reasons, registry, wishes
from notifications.composing import refusals
from notifications.models import Delivery, Entry, PushSubscription, Way
from notifications.postbox import Accepted, Deferred, Refused, Verdict
from notifications.push import devices, keys
from notifications.push.posting import Answer, Post, post_to
from notifications.registry import Line, Skip
from notifications.sending import note

logger = logging.getLogger(__name__)
State = Delivery.State

BATCH = 50
AT_ONCE = 8
# A device that was off for so long is not told of what happened meanwhile; the bell is.
KEPT = timedelta(hours=24)
LONGEST_TITLE, LONGEST_BODY = 120, 240

READ, NO_DEVICE = "read-before", "no-device"
reasons.WORDS.update(
    {
        READ: _("Was read before it went out"),
        NO_DEVICE: _("Has no device any more that is signed in"),
    }
)


def send_due(seconds: float = 10.0) -> Counter[str]:
    """Send to devices what is due, for about that long; say how many ended in which state."""
    tally: Counter[str] = Counter()
    stop_at = time.monotonic() + seconds
    due = Delivery.objects.due(Way.PUSH)
    if not keys.is_on():
        # The site had a key once: what waits since then goes nowhere.
        due.update(state=State.SKIPPED, reason=NO_DEVICE, settled_at=timezone.now())
        return tally
    if not due.exists():
        return tally
    with requests.Session() as session, ThreadPoolExecutor(AT_ONCE) as threads:
        while time.monotonic() < stop_at and (batch := _claim()):
            tally += _Round(session, threads).send(batch)
    return tally


@transaction.atomic
def _claim() -> list[Delivery]:
    due = Delivery.objects.due(Way.PUSH).first_come().select_for_update(skip_locked=True)
    pks = list(due.values_list("pk", flat=True)[:BATCH])
    lease = timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    Delivery.objects.filter(pk__in=pks).update(state=State.CLAIMED, lease_until=lease)
    claimed = Delivery.objects.filter(pk__in=pks).first_come()
    return list(
        claimed.select_related("cohort", "recipient__user", "recipient__cohort", "recipient__team")
    )


@dataclass(frozen=True)
class _Word:
    """What one person is told, and on which devices."""

    delivery: Delivery
    line: Line
    devices: Sequence[PushSubscription]


class _Round:
    """One batch: everything it asks the database for is asked once for all of it."""

    def __init__(self, session: requests.Session, threads: ThreadPoolExecutor) -> None:
        self.session, self.threads = session, threads
        self.tally: Counter[str] = Counter()

    def send(self, batch: Sequence[Delivery]) -> Counter[str]:
        words = list(self._words(batch))
        for word, told in zip(words, self.threads.map(self._tell, words), strict=True):
            _settle_devices(told)
            self.tally[note(told.verdict, word.delivery)] += 1
        return self.tally

    def _words(self, batch: Sequence[Delivery]) -> Iterator[_Word]:
        """What is to be posted; what became of the others is noted."""
        said = _composed(batch)
        people = {d.recipient.user_id for d in batch if d.recipient and d.pk in said}
        found = devices.signed_in_devices(people)
        for delivery in batch:
            delivery.attempts += 1
            line, person = said[delivery.pk], delivery.recipient
            theirs = found[person.user_id] if person else []
            if not isinstance(line, Line):
                self.tally[note(line, delivery)] += 1
            elif not theirs:
                self.tally[note(Skip(NO_DEVICE), delivery)] += 1
            elif _begin(delivery, line):
                yield _Word(delivery, line, theirs)
            else:
                _release(delivery)
                self.tally["released"] += 1

    def _tell(self, word: _Word) -> "_Told":
        """Post to each device of a person; asks the database nothing, for it runs in a thread."""
        post = _post(word.delivery, word.line)
        told = _Told()
        for device in word.devices:
            answer, told.words = post_to(device, post, self.session)
            told.answers[answer].append(device.pk)
        return told


class _Told:
    """What a person's devices answered."""

    def __init__(self) -> None:
        self.answers: dict[Answer, list[int]] = defaultdict(list)
        self.words = ""

    @property
    def verdict(self) -> Verdict | Skip:
        if self.answers[Answer.TAKEN]:
            return Accepted()
        if self.answers[Answer.LATER]:
            return Deferred(self.words)
        return Refused(self.words) if self.answers[Answer.REFUSED] else Skip(NO_DEVICE)


def _settle_devices(told: _Told) -> None:
    if gone := told.answers[Answer.GONE]:
        PushSubscription.objects.filter(pk__in=gone).delete()
    if taken := told.answers[Answer.TAKEN]:
        PushSubscription.objects.filter(pk__in=taken).update(used_at=timezone.now())


# ---------------------------------------------------------------- what it says


def _composed(batch: Sequence[Delivery]) -> dict[int, Line | Skip | Deferred]:
    """The line of each, or why there is none; with queries per kind and not per person."""
    by_kind: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in batch:
        by_kind[delivery.kind].append(delivery)
    found: dict[int, Line | Skip | Deferred] = {}
    for name, deliveries in by_kind.items():
        kind = registry.kinds.get(name)
        if kind is None:
            found |= {d.pk: Deferred(reasons.UNKNOWN_KIND) for d in deliveries}
            continue
        refused = {pk: Skip(reason) for pk, reason in refusals(kind, deliveries).items()}
        found |= refused
        found |= _lines([d for d in deliveries if d.pk not in refused])
    return found


def _lines(deliveries: Sequence[Delivery]) -> Mapping[int, Line | Skip | Deferred]:
    read = _read_already(deliveries)
    entries = [_entry(d) for d in deliveries if d.pk not in read and d.recipient]
    try:
        lines = bell.lines_of(entries)
    except Exception:
        logger.exception("Could not say %s on devices", deliveries[0].kind)
        return {d.pk: Deferred(reasons.NOT_COMPOSED) for d in deliveries}
    return {
        d.pk: Skip(READ) if d.pk in read else lines.get(d.pk, Skip(reasons.GONE))
        for d in deliveries
    }


def _entry(delivery: Delivery) -> Entry:
    """What the bell would be asked to say; not saved."""
    return Entry(
        pk=delivery.pk,
        member=delivery.recipient,
        kind=delivery.kind,
        group=delivery.params["group"],
        items=delivery.params["items"],
    )


def _read_already(deliveries: Sequence[Delivery]) -> set[int]:
    """Those whose line in the bell was read before they went out."""
    read: dict[tuple[int, str], set[int]] = defaultdict(set)
    lines = Entry.objects.filter(
        member__in={d.recipient_id for d in deliveries},
        group__in={d.params["group"] for d in deliveries},
        read_at__gte=min((d.created_at for d in deliveries), default=timezone.now()),
    )
    for member_pk, group, items in lines.values_list("member_id", "group", "items"):
        read[member_pk, group].update(items)
    return {
        d.pk
        for d in deliveries
        if d.params["items"]
        and read[d.recipient_id or 0, d.params["group"]].issuperset(d.params["items"])
    }


def _post(delivery: Delivery, line: Line) -> Post:
    group = f"{delivery.recipient_id}:{delivery.params['group']}"
    topic = keys.encode(hashlib.sha256(group.encode()).digest())[:32]
    left = (delivery.expires_at - timezone.now()) if delivery.expires_at else KEPT
    return Post(
        payload={
            "title": line.title[:LONGEST_TITLE],
            "body": line.detail[:LONGEST_BODY],
            "url": line.url,
            "tag": topic,
        },
        seconds=max(60, int(min(left, KEPT).total_seconds())),
        urgency="low" if delivery.is_bulk else "normal",
        topic=topic,
    )


# ---------------------------------------------------------------- steps of a row


def _begin(delivery: Delivery, line: Line) -> bool:
    """Note that it is about to be posted; False if it is no longer ours, or not wanted."""
    lease = timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    topic = registry.kinds[delivery.kind].topic
    ours = Delivery.objects.filter(
        pk=delivery.pk, state=State.CLAIMED, lease_until=delivery.lease_until
    )
    is_ours = ours.filter(wishes.not_switched_off(topic, Way.PUSH)).update(
        state=State.SENDING,
        lease_until=lease,
        attempts=delivery.attempts,
        subject=line.title[:200],
    )
    if is_ours:
        delivery.lease_until = lease
    return bool(is_ours)


def _release(delivery: Delivery) -> None:
    Delivery.objects.filter(
        pk=delivery.pk, state=State.CLAIMED, lease_until=delivery.lease_until
    ).update(state=State.PENDING, lease_until=None)
