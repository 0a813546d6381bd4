"""The worker's round: claim what is due, compose it, hand it over, and note what became of it.

What may happen at any moment, and what then holds (decision 0005):
- killed while *claimed*: nothing was handed over; after its lease the row is claimed anew;
- killed while *sending*: nobody knows; after its lease the row is uncertain, and only kinds that
  are safe to repeat are sent once more, with the same Message-ID;
- a worker that lost its lease writes nothing: the moment its lease ends is its proof of owning it.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from notifications import addresses, allowances, marks, outages, reasons, registry
from notifications.composing import Composed, address_of, compose
from notifications.marks import Ending, State
from notifications.message import build
from notifications.models import Delivery, Way
from notifications.postbox import Accepted, Deferred, Postbox, Refused, Unclear, Verdict
from notifications.registry import Mail, Skip

logger = logging.getLogger(__name__)

BATCH = 100
# What was composed longer ago is composed anew, however slow the mail server is.
FRESH_SECONDS = 15.0
# What has begun longer ago is asked anew whether it is wanted.
GROUP_SECONDS = 2.0
# Of a group most were not handed over when its worker died; but something may kill each that tries.
TRIES_OF_A_GROUP = 5
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]


def send_due(seconds: float = 25.0) -> Counter[str]:
    """Send what is due, for about that long at most; say how many ended in which state."""
    tally = settle_abandoned()
    stop_at = time.monotonic() + seconds
    # A server that was away is asked whether it is back, mail or not: `/healthz` tells of it.
    if not (Delivery.objects.due().exists() or outages.current()) or not outages.may_try():
        return tally
    with Postbox() as postbox:
        while time.monotonic() < stop_at and postbox.open():
            turns = allowances.take(BATCH)
            batch = claim(turns.count) if turns.count else []
            turns.give_back(turns.count - len(batch))
            if not batch:
                break
            tally += _Round(postbox, turns).send(batch)
    return tally


@transaction.atomic
def claim(limit: int = BATCH) -> list[Delivery]:
    """Take due rows for this worker alone, for the length of a lease."""
    pks = list(
        Delivery.objects.due()
        .first_come()
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)[:limit]
    )
    Delivery.objects.filter(pk__in=pks).update(state=State.CLAIMED, lease_until=marks.lease())
    return list(
        Delivery.objects.filter(pk__in=pks)
        .first_come()
        .select_related("cohort", "recipient__user", "recipient__cohort", "recipient__team")
    )


def settle_abandoned() -> Counter[str]:
    """Bring back, or give up as uncertain, what workers left behind that are gone."""
    now = timezone.now()
    Delivery.objects.filter(state=State.CLAIMED, lease_until__lte=now).update(
        state=State.PENDING, lease_until=None
    )
    tally: Counter[str] = Counter()
    with transaction.atomic():
        lost = Delivery.objects.filter(state=State.SENDING, lease_until__lte=now)
        for delivery in lost.select_for_update(skip_locked=True)[:1_000]:
            tally[note(Unclear(reasons.WORKER_LOST), delivery)] += 1
    return tally


@dataclass(frozen=True)
class Letter:
    """A delivery with its message, ready to be handed over."""

    delivery: Delivery
    message: EmailMultiAlternatives


class _Round:
    """One batch, handed over mail by mail. That mails were taken is noted with the beginning of the
    next: nothing is handed over before both are committed. Kinds that go in groups begin, and are
    noted, so many at once.
    """

    def __init__(self, postbox: Postbox, turns: allowances.Turns) -> None:
        self.postbox, self.turns = postbox, turns
        self.tally: Counter[str] = Counter()
        self.begun: deque[Letter] = deque()
        self.begun_at = 0.0
        self.sent: list[Ending] = []  # taken by the server, and not noted yet

    def send(self, batch: Sequence[Delivery]) -> Counter[str]:
        stale_at = time.monotonic() + FRESH_SECONDS
        waiting = deque(self._letters(compose(batch)))
        try:
            while (waiting or self.begun) and self._may_go_on(stale_at):
                self._begin(waiting)
                if self.begun:
                    self._hand_over(self.begun.popleft())
        finally:
            self._note_sent()
            rest = [letter.delivery for letter in (*self.begun, *waiting)]
            marks.release(rest)
            self.turns.give_back(len(rest))
        return self.tally

    def _letters(self, composed: Sequence[Composed]) -> Iterator[Letter]:
        """What is to be handed over; what became of the others is noted."""
        for delivery, outcome in composed:
            delivery.attempts += 1
            letter = _letter(delivery, outcome)
            if isinstance(letter, Letter):
                yield letter
            else:
                self.turns.give_back(1)
                self.tally[note(letter, delivery)] += 1

    def _may_go_on(self, stale_at: float) -> bool:
        """Whether there is time for one more; waits for its turn at the provider's pace."""
        if self.turns.next_in() > 0:
            self._note_sent()
        self.turns.wait()
        return time.monotonic() <= stale_at and self.postbox.open()

    def _begin(self, waiting: deque[Letter]) -> None:
        """See that the next one has begun, and not long ago; those not wanted any more go back."""
        if not self.begun:
            group = _next_group(waiting)
        elif time.monotonic() - self.begun_at > GROUP_SECONDS:
            group = list(self.begun)
        else:
            return
        begun = marks.begin(
            [(letter.delivery, str(letter.message.subject)) for letter in group], after=self.sent
        )
        self.sent = []
        self.begun_at = time.monotonic()
        self.begun = deque(letter for letter in group if letter.delivery.pk in begun)
        if left := [letter.delivery for letter in group if letter.delivery.pk not in begun]:
            marks.release(left)
            self.tally["released"] += len(left)

    def _hand_over(self, letter: Letter) -> None:
        verdict = self.postbox.hand_over(letter.message)
        if isinstance(verdict, Accepted):
            self.sent.append(Ending(letter.delivery, State.SENT, provider_id=verdict.provider_id))
            self.tally[State.SENT] += 1
        else:
            self.tally[note(verdict, letter.delivery)] += 1

    def _note_sent(self) -> None:
        sent, self.sent = self.sent, []
        if sent:
            marks.settle(sent)


def _next_group(waiting: deque[Letter]) -> list[Letter]:
    """The next one, and those of its kind that go with it."""
    group = [waiting.popleft()]
    kind = registry.kinds[group[0].delivery.kind]
    while waiting and len(group) < kind.group and waiting[0].delivery.kind == kind.name:
        group.append(waiting.popleft())
    return group


def _letter(delivery: Delivery, outcome: Mail | Skip | Deferred) -> Letter | Skip | Deferred:
    if not isinstance(outcome, Mail):
        return outcome
    try:
        return Letter(delivery, build(delivery, outcome, address_of(delivery)))
    except Exception:
        logger.exception("Could not build %s %s", delivery.kind, delivery.pk)
        return Deferred(reasons.NOT_COMPOSED)


def note(verdict: Verdict | Skip, delivery: Delivery) -> str:
    """Write down what became of a delivery that is ours; say its state."""
    match verdict:
        case Accepted(provider_id):
            return _settle(Ending(delivery, State.SENT, provider_id=provider_id))
        case Skip(reason):
            return _settle(Ending(delivery, State.SKIPPED, reason))
        case Refused(reason):
            _learn(delivery, reason)
            return _settle(Ending(delivery, State.FAILED, reason))
        case Unclear(reason):
            return _repeat_or_give_up(delivery, reason)
        case Deferred(reason):
            return _postpone(delivery, reason, WAITS[min(delivery.attempts, len(WAITS)) - 1])


def _learn(delivery: Delivery, answer: str) -> None:
    """A server that knows no such mailbox is believed, as a mail that came back would be."""
    if delivery.way == Way.MAIL and addresses.speaks_of_address(answer):
        event = f"answer:{delivery.message_id}:{delivery.attempts}"
        addresses.note_bounce(address_of(delivery), "hard", answer, event=event)


def _settle(ending: Ending) -> str:
    marks.settle([ending])
    return ending.state


def _repeat_or_give_up(delivery: Delivery, reason: str) -> str:
    again_at = timezone.now() + WAITS[0]
    if _may_repeat(delivery, reason) and not _comes_too_late(delivery, again_at):
        return _postpone(delivery, reason, WAITS[0], repeated_at=timezone.now())
    return _settle(Ending(delivery, State.UNCERTAIN, reason))


def _may_repeat(delivery: Delivery, reason: str) -> bool:
    kind = registry.kinds.get(delivery.kind)
    if kind is None:
        return False
    if reason == reasons.WORKER_LOST and kind.group > 1:
        return delivery.attempts < TRIES_OF_A_GROUP
    return kind.resend_uncertain and delivery.repeated_at is None


def _postpone(delivery: Delivery, reason: str, wait: timedelta, **changes: datetime) -> str:
    """Back to those who wait, unless it would come too late then."""
    again_at = timezone.now() + wait
    if _comes_too_late(delivery, again_at):
        # Of what may have arrived the first time nobody can say that it failed.
        end = State.UNCERTAIN if delivery.repeated_at else State.FAILED
        return _settle(Ending(delivery, end, f"{reasons.EXPIRED}: {reason}"))
    marks.postpone(delivery, reason, again_at, **changes)
    return State.PENDING


def _comes_too_late(delivery: Delivery, moment: datetime) -> bool:
    return delivery.expires_at is not None and delivery.expires_at <= moment
