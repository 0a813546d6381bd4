"""Each link once a week: few at once, and one of each site in a round, so that nobody minds."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cohort.public_web import Status, check
from resources.links import telling
from resources.models import LinkCheck, Resource

AGAIN = timedelta(days=7)
# What failed is looked at once more on another day before anything is said.
SOON = timedelta(days=1)
# A round that was killed lets go of its links after this long.
LEASE = timedelta(hours=1)
ROUND, AT_ONCE, LOOKED_THROUGH = 40, 4, 2_000
# When of so many sites none answers, it is our own line that is down.
OUR_OWN = 3

Look = Callable[[str], Status]


def check_due(look: Look = check) -> int:
    """Look at the links whose time has come, at most a round of them; say how many were noted."""
    now = timezone.now()
    _enroll(now)
    checks = _claim(now)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(look, [each.url for each in checks]))
    if _is_our_own_line(found):
        return 0
    for each, status in zip(checks, found, strict=True):
        _note(each, status, now)
    return len(checks)


def _enroll(now: datetime) -> None:
    """A row for every link as it is now; what was known of another link is forgotten."""
    LinkCheck.objects.exclude(url=F("resource__url")).delete()
    links = Resource.objects.exclude(url="").filter(link_check=None).values_list("pk", "url")
    LinkCheck.objects.bulk_create(
        [LinkCheck(resource_id=pk, url=url, due_at=now) for pk, url in links],
        ignore_conflicts=True,
    )


@transaction.atomic
def _claim(now: datetime) -> list[LinkCheck]:
    """One of each site, the longest due first. Two workers never take the same."""
    due = LinkCheck.objects.filter(due_at__lte=now, resource__cohort__archived_at=None)
    rows = due.order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))
    of_site: dict[str, LinkCheck] = {}
    for each in rows[:LOOKED_THROUGH]:
        of_site.setdefault(_site(each.url), each)
    chosen = list(of_site.values())[:ROUND]
    LinkCheck.objects.filter(pk__in=[each.pk for each in chosen]).update(due_at=now + LEASE)
    return chosen


def _site(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_our_own_line(found: Sequence[Status]) -> bool:
    return len(found) >= OUR_OWN and all(status == Status.AWAY for status in found)


@transaction.atomic
def _note(each: LinkCheck, status: Status, now: datetime) -> None:
    """Keep what was found, unless the link was changed meanwhile; tell its owner once."""
    was_dead = each.is_dead
    each.checked_at = now
    if status in (Status.FINE, Status.CLOSED):
        each.failing_since = each.dead_at = None
    else:
        each.failing_since = each.failing_since or now
        if each.failing_since.date() < now.date():
            each.dead_at = each.dead_at or now
    each.due_at = now + (SOON if each.failing_since and not each.is_dead else AGAIN)
    kept = LinkCheck.objects.filter(pk=each.pk, url=F("resource__url")).update(
        checked_at=each.checked_at, failing_since=each.failing_since, dead_at=each.dead_at,
        due_at=each.due_at,
    )  # fmt: skip
    if kept and each.is_dead and not was_dead:
        telling.tell_owner(each)
