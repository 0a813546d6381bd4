"""How fast, and how much in a day, the mail provider may be given mail: one measure for all.

Turns follow each other at the provider's pace; a worker takes some at once, and waits for each.
Turns of a worker that dies are lost: mail then goes slower for a moment, never faster.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import outages
from notifications.models import Allowance

# A worker takes no more turns than come within this time, so that others get theirs.
AHEAD = timedelta(seconds=2)


@dataclass
class Turns:
    """So many mails may be handed over, the first at a moment, the others a while apart."""

    count: int
    first_at: datetime = field(default_factory=timezone.now)
    gap: timedelta = timedelta(0)

    def next_in(self) -> float:
        """Seconds until the next turn."""
        return (self.first_at - timezone.now()).total_seconds() if self.gap else 0.0

    def wait(self) -> None:
        """Wait for the next turn, and use it."""
        if (seconds := self.next_in()) > 0:
            time.sleep(seconds)
        self.first_at += self.gap

    def give_back(self, count: int) -> None:
        """Turns that nothing was sent with do not count for the day."""
        if count > 0 and settings.MAIL_PER_DAY:
            _give_back(count)


def take(wanted: int) -> Turns:
    """Up to so many turns; none if others have them for now, or the day's are used up."""
    if not settings.MAIL_PER_SECOND and not settings.MAIL_PER_DAY:
        return Turns(wanted)
    return _take(wanted)


@transaction.atomic
def _take(wanted: int) -> Turns:
    allowance = _locked()
    now = timezone.now()
    if allowance.next_at > now + AHEAD:
        return Turns(0)
    gap, count = timedelta(0), min(wanted, _left(allowance))
    if settings.MAIL_PER_SECOND:
        gap = timedelta(seconds=1 / settings.MAIL_PER_SECOND)
        count = min(count, max(1, int(AHEAD / gap)))
    turns = Turns(count, max(allowance.next_at, now), gap)
    allowance.next_at = turns.first_at + count * gap
    allowance.taken += count
    allowance.save()
    return turns


@transaction.atomic
def _give_back(count: int) -> None:
    allowance = _locked()
    allowance.taken = max(0, allowance.taken - count)
    allowance.save()


def resumes_at() -> datetime | None:
    """When mail may go on, if the day's allowance is used up; None while it is not."""
    if not settings.MAIL_PER_DAY:
        return None
    allowance = Allowance.objects.filter(pk=outages.server(), day=_today()).first()
    if allowance is None or allowance.taken < settings.MAIL_PER_DAY:
        return None
    return datetime.combine(_today() + timedelta(days=1), datetime.min.time(), UTC)


def may_go_on() -> bool:
    """Whether it makes sense to look for more at once."""
    if not settings.MAIL_PER_SECOND:
        return resumes_at() is None
    busy = Allowance.objects.filter(pk=outages.server(), next_at__gt=timezone.now() + AHEAD)
    return resumes_at() is None and not busy.exists()


def _left(allowance: Allowance) -> int:
    limit: int = settings.MAIL_PER_DAY
    return max(0, limit - allowance.taken) if limit else 10**9


def _locked() -> Allowance:
    Allowance.objects.bulk_create([Allowance(pk=outages.server())], ignore_conflicts=True)
    allowance = Allowance.objects.select_for_update().get(pk=outages.server())
    if allowance.day != _today():
        allowance.day, allowance.taken = _today(), 0
    return allowance


def _today() -> date:
    return timezone.now().astimezone(UTC).date()
