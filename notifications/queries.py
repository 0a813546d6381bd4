"""Reads about the outbox: whether it runs, and what became of each mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from redis import Redis, RedisError

from cohort.models import Cohort, FileCheck
from notifications import heartbeats, outages, reasons, registry
from notifications.models import Delivery

# Beat speaks every 30 s: six missed in a row are no accident any more.
SILENT_AFTER = timedelta(seconds=180)
OVERDUE_AFTER = timedelta(seconds=180)
# Thousands of editions come due in the same minute and take their time.
BULK_OVERDUE_AFTER = timedelta(minutes=30)
LOOKED_BACK = timedelta(hours=24)

Check = dict[str, Any]


def health() -> dict[str, Check]:
    """What `/healthz` tells: each part, whether it is well, and ages in seconds. No secrets."""
    checks = {"database": _database(), "redis": _redis()}
    if not checks["database"]["ok"]:
        return checks
    now = timezone.now()
    seen = heartbeats.latest()
    for name in (heartbeats.BEAT, heartbeats.WORKER):
        checks[name] = _age(now, seen.get(name), SILENT_AFTER, unknown=False)
    return checks | {"mail": _mail(now), "files": _files(now)}


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False}
    return {"ok": True}


def _redis() -> Check:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            client.ping()
    except RedisError:
        return {"ok": False}
    return {"ok": True}


def _age(now: datetime, then: datetime | None, limit: timedelta, *, unknown: bool) -> Check:
    if then is None:
        return {"ok": unknown, "age_seconds": None}
    return {"ok": now - then <= limit, "age_seconds": round((now - then).total_seconds())}


def _mail(now: datetime) -> Check:
    oldest = Delivery.objects.unsettled().aggregate(
        single=Min("not_before", filter=Q(is_bulk=False, not_before__lte=now)),
        bulk=Min("not_before", filter=Q(is_bulk=True, not_before__lte=now)),
    )
    single = _age(now, oldest["single"], OVERDUE_AFTER, unknown=True)
    bulk = _age(now, oldest["bulk"], BULK_OVERDUE_AFTER, unknown=True)
    outage = outages.current()
    return {
        "ok": single["ok"] and bulk["ok"],
        "oldest_due_seconds": max(single["age_seconds"] or 0, bulk["age_seconds"] or 0),
        "server_away_since": outage.since.isoformat() if outage else None,
        **_troubles(now),
    }


def _files(now: datetime) -> Check:
    """What the check of last night found; nothing is amiss before the first one."""
    latest = FileCheck.objects.first()
    return {
        "ok": latest is None or latest.missing == 0,
        "checked_seconds_ago": round((now - latest.at).total_seconds()) if latest else None,
        "missing": latest.missing if latest else None,
        "without_row": latest.without_row if latest else None,
    }


def _troubles(now: datetime) -> dict[str, int]:
    return Delivery.objects.filter(settled_at__gte=now - LOOKED_BACK).aggregate(
        failed_in_24_hours=Count("pk", filter=Q(state=Delivery.State.FAILED)),
        uncertain_in_24_hours=Count("pk", filter=Q(state=Delivery.State.UNCERTAIN)),
    )


@dataclass(frozen=True)
class LogLine:
    """One mail in the delivery log, in words."""

    delivery: Delivery
    kind: str
    recipient: str
    state: str
    why: str


def delivery_log(
    cohort: Cohort, *, state: str = "", kind: str = "", words: str = ""
) -> QuerySet[Delivery]:
    """A cohort's mail, the latest first, to be filtered, paged and then told by `log_lines`.

    `words` looks in the recipient's name and address.
    """
    log = (
        Delivery.objects.filter(cohort=cohort)
        .select_related("recipient__user", "recipient__cohort")
        .order_by("-created_at", "-pk")
    )
    if state:
        log = log.filter(state=state)
    if kind:
        log = log.filter(kind=kind)
    if words:
        log = log.filter(
            Q(recipient__user__name__icontains=words)
            | Q(recipient__user__email__icontains=words)
            | Q(address__icontains=words)
        )
    return log


def log_lines(deliveries: Iterable[Delivery]) -> list[LogLine]:
    """A page of the log as people read it."""
    return [
        LogLine(
            delivery=delivery,
            kind=kind_label(delivery.kind),
            recipient=str(delivery.recipient or delivery.address),
            state=str(delivery.get_state_display()),
            why=reasons.words(delivery.reason),
        )
        for delivery in deliveries
    ]


def kind_label(kind: str) -> str:
    registered = registry.kinds.get(kind)
    return str(registered.label) if registered else kind


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of mail there are, for a filter of the log."""
    kinds = [(name, str(kind.label)) for name, kind in registry.kinds.items()]
    return sorted(kinds, key=lambda pair: pair[1])
