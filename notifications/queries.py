"""Reads about the outbox: whether it runs, and what became of each mail."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from redis import Redis, RedisError

from cohort.models import FileCheck
from notifications import allowances, heartbeats, outages
from notifications.models import Delivery

# Beat speaks every 30 s: six missed in a row are no accident any more.
SILENT_AFTER = timedelta(seconds=180)
OVERDUE_AFTER = timedelta(seconds=180)
# Thousands of editions come due in the same minute and take their time.
BULK_OVERDUE_AFTER = timedelta(minutes=30)
LOOKED_BACK = timedelta(hours=24)
# So many failed or uncertain mails in that time, and such a share of all, are no single addresses.
MANY_TROUBLES, LARGE_SHARE = 10, 0.2

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
    outage, resumes_at = outages.current(), allowances.resumes_at()
    troubles = _troubles(now)
    is_away = outage is not None and now - outage.since > OVERDUE_AFTER
    return {
        "ok": single["ok"] and bulk["ok"] and not is_away and not _are_many(troubles),
        "oldest_due_seconds": max(single["age_seconds"] or 0, bulk["age_seconds"] or 0),
        "server_away_since": outage.since.isoformat() if outage else None,
        "day_used_up_until": resumes_at.isoformat() if resumes_at else None,
        **troubles,
    }


def _are_many(troubles: dict[str, int]) -> bool:
    bad = troubles["failed_in_24_hours"] + troubles["uncertain_in_24_hours"]
    return bad >= MANY_TROUBLES and bad > LARGE_SHARE * (bad + troubles["sent_in_24_hours"])


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
        sent_in_24_hours=Count("pk", filter=Q(state=Delivery.State.SENT)),
        failed_in_24_hours=Count("pk", filter=Q(state=Delivery.State.FAILED)),
        uncertain_in_24_hours=Count("pk", filter=Q(state=Delivery.State.UNCERTAIN)),
    )
