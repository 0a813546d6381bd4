"""What the console shows of the mail that went out, or did not, and of what sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from cohort.models import Membership
from notifications.edition import KIND as EDITION
from notifications.models import Delivery, Suppression
from notifications.queries import Check, health

LOG_PAGE = 50
SUPPRESSED_SHOWN = 50
State = Delivery.State


def deliveries(
    member: Membership, *, state: str = "", kind: str = "", way: str = "", q: str = ""
) -> QuerySet[Delivery]:
    """What goes out of the cohort by mail and push, the latest first, or was deliberately not sent.

    The member's own rights are the cohort's console. `q` looks in names, addresses and subjects.
    """
    found = (
        Delivery.objects.filter(cohort_id=member.cohort_id)
        .select_related("recipient__user")
        .order_by("-created_at", "-pk")
    )
    chosen = {
        name: value for name, value in (("state", state), ("kind", kind), ("way", way)) if value
    }
    for word in q.split()[:8]:
        found = found.filter(
            Q(recipient__user__name__unaccent__icontains=word)
            | Q(recipient__user__email__icontains=word)
            | Q(address__icontains=word)
            | Q(subject__icontains=word)
        )
    return found.filter(**chosen)


@dataclass(frozen=True)
class Standing:
    """How many of the cohort's mails of late need somebody's eye."""

    failed: int
    uncertain: int
    waiting: int  # tried, and to be tried again


def standing(member: Membership) -> Standing:
    counts = Delivery.objects.filter(cohort_id=member.cohort_id).aggregate(
        failed=Count("pk", filter=Q(state=State.FAILED)),
        uncertain=Count("pk", filter=Q(state=State.UNCERTAIN)),
        waiting=Count("pk", filter=Q(state=State.PENDING, attempts__gt=0)),
    )
    return Standing(**counts)


@dataclass(frozen=True)
class Edition:
    """The editions that were planned on the last day there were any."""

    day: date
    last_at: datetime | None  # when the last of them was settled
    sent: int
    skipped: int
    failed: int  # or uncertain
    waiting: int


def last_edition(member: Membership) -> Edition | None:
    """What became of the last edition; two queries."""
    editions = Delivery.objects.filter(cohort_id=member.cohort_id, kind=EDITION).annotate(
        day=TruncDate("created_at")
    )
    day = editions.order_by("-created_at").values_list("day", flat=True).first()
    if day is None:
        return None
    counted: Mapping[str, Any] = editions.filter(day=day).aggregate(
        last_at=Max("settled_at"),
        sent=Count("pk", filter=Q(state=State.SENT)),
        skipped=Count("pk", filter=Q(state=State.SKIPPED)),
        failed=Count("pk", filter=Q(state__in=[State.FAILED, State.UNCERTAIN])),
        waiting=Count("pk", filter=Q(state__in=Delivery.UNSETTLED)),
    )
    return Edition(day=day, **counted)


def stopped_members(member: Membership) -> list[tuple[Membership, Suppression]]:
    """Members of the cohort whose address gets no mail, with why and since when; two queries."""
    addresses = (
        Membership.objects.active()
        .filter(cohort_id=member.cohort_id)
        .filter(user__email__in=Suppression.objects.values("address"))
    )
    people = list(addresses.with_people().order_by("user__name", "pk")[:SUPPRESSED_SHOWN])
    found = Suppression.objects.filter(address__in=[person.user.email for person in people])
    by_address = {stopped.address: stopped for stopped in found}
    return [(person, by_address[person.user.email]) for person in people]


# ---------------------------------------------------------------- what sends it


@dataclass(frozen=True)
class Machinery:
    """What sends the mail and keeps the files, as `/healthz` judges it: which part is well, and
    when it last showed so. It is the site's and not the cohort's, and names nobody.
    """

    checks: dict[str, Check]
    beat_at: datetime | None
    worker_at: datetime | None
    # When the mail that waits longest was to go out; None if none is late.
    oldest_due_at: datetime | None
    away_since: datetime | None
    # When the provider's day begins anew, if this one's mail is used up.
    resumes_at: datetime | None
    files_checked_at: datetime | None

    @property
    def is_well(self) -> bool:
        return all(check["ok"] for check in self.checks.values()) and self.away_since is None


def machinery(now: datetime) -> Machinery:
    checks = health()
    mail = checks["mail"]
    away, resumes_at = mail["server_away_since"], mail["day_used_up_until"]
    return Machinery(
        checks=checks,
        beat_at=_before(now, checks["beat"]["age_seconds"]),
        worker_at=_before(now, checks["worker"]["age_seconds"]),
        oldest_due_at=_before(now, mail["oldest_due_seconds"] or None),
        away_since=datetime.fromisoformat(away) if away else None,
        resumes_at=datetime.fromisoformat(resumes_at) if resumes_at else None,
        files_checked_at=_before(now, checks["files"]["checked_seconds_ago"]),
    )


def _before(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now - timedelta(seconds=seconds)
