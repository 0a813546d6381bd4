"""The bell: lines that gather until they are read, and what of them a reader may see."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohort.models import Membership
from notifications import live, registry
from notifications.models import Entry, EntryQuerySet
from notifications.registry import Line

# Read lines are kept about half a year.
KEPT_READ = timedelta(days=180)
SWEPT_AT_ONCE = 2_000

# Told again of the same, an unread entry stays as it is; of more, it grows and comes up again.
_RING = """
    INSERT INTO notifications_entry (member_id, kind, "group", items, began_at, at)
    SELECT member, %(kind)s, %(group)s, %(items)s::bigint[], %(now)s, %(now)s
    FROM unnest(%(members)s::bigint[]) AS member
    ON CONFLICT (member_id, kind, "group") WHERE read_at IS NULL DO UPDATE
    SET at = EXCLUDED.at,
        items = ARRAY(
            SELECT item FROM (
                SELECT DISTINCT unnest(notifications_entry.items || EXCLUDED.items) AS item
                ORDER BY item DESC LIMIT %(most)s
            ) AS latest ORDER BY item
        )
    WHERE NOT notifications_entry.items @> EXCLUDED.items
"""


def ring(kind: str, members: Collection[Membership], group: str, items: Collection[int]) -> None:
    """Add to each member's bell; what is unread there about the same thing grows."""
    if not members:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _RING,
            {
                "kind": kind,
                "group": group,
                "items": sorted(items)[-Entry.MOST_ITEMS :],
                "members": sorted(member.pk for member in members),
                "most": Entry.MOST_ITEMS,
                "now": timezone.now(),
            },
        )
    live.bells_changed(member.pk for member in members)


@transaction.atomic
def regroup(old: str, new: str, items: Collection[int]) -> None:
    """Some of what unread lines say happened elsewhere now: a line for there takes it over."""
    gone = set(items)
    lines = Entry.objects.unread().filter(group=old, items__overlap=list(gone))
    moves: dict[tuple[str, tuple[int, ...]], list[Membership]] = defaultdict(list)
    for entry in lines.select_related("member").select_for_update(of=("self",)):
        moves[entry.kind, tuple(gone.intersection(entry.items))].append(entry.member)
        entry.items = [item for item in entry.items if item not in gone]
        if entry.items:
            entry.save(update_fields=["items"])
        else:
            entry.delete()
    for (kind, moved), members in moves.items():
        ring(kind, members, new, moved)


def entries_of(member: Membership) -> EntryQuerySet:
    return Entry.objects.filter(member=member).latest_first()


def unread_count(member: Membership) -> int:
    """How many lines of the bell a member has not read: one indexed read."""
    return entries_of(member).unread().order_by().count()


def seen(member: Membership, group: str, shown: Collection[int] | None = None) -> int:
    """Whoever read the thing itself has read what the bell says of it; say how many lines.

    Of a long thing that was `shown` in part, the lines that have anything in that part.
    """
    lines = entries_of(member).filter(group=group)
    if shown is not None:
        lines = lines.filter(items__overlap=list(shown))
    return _mark_read(member, lines, timezone.now())


def mark_read(member: Membership, entries: EntryQuerySet) -> datetime:
    """Call lines read; the answer is the moment that `mark_unread` takes them back by."""
    moment = timezone.now()
    _mark_read(member, entries.filter(member=member), moment)
    return moment


def mark_unread(member: Membership, entries: EntryQuerySet) -> int:
    """Call lines new again, but where a newer one about the same gathers already."""
    newer = Entry.objects.unread().filter(
        member=member, kind=OuterRef("kind"), group=OuterRef("group")
    )
    read = entries.filter(member=member).exclude(read_at=None).filter(~Exists(newer))
    # Of several about the same thing the latest comes back.
    latest = read.order_by("kind", "group", "-at").distinct("kind", "group")
    count = Entry.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).update(
        read_at=None
    )
    if count:
        live.bells_changed([member.pk])
    return count


def _mark_read(member: Membership, entries: EntryQuerySet, moment: datetime) -> int:
    count = entries.unread().order_by().update(read_at=moment)
    if count:
        live.bells_changed([member.pk])
    return count


def sweep(now: datetime) -> int:
    """Forget what was read long ago; nobody is told anything."""
    old = Entry.objects.filter(read_at__lt=now - KEPT_READ).values("pk")[:SWEPT_AT_ONCE]
    Entry.objects.filter(pk__in=old).delete()
    return 0


def lines_of(entries: Sequence[Entry]) -> dict[int, Line]:
    """What each entry says to its reader now, by its key; the queries do not grow with entries.

    Entries need their member with user, cohort and team loaded. What may not be seen any more has
    no line.
    """
    by_describer: dict[registry.Describer, list[Entry]] = defaultdict(list)
    for entry in entries:
        kind = registry.kinds.get(entry.kind)
        if kind and kind.describe:
            by_describer[kind.describe].append(entry)
    lines: dict[int, Line] = {}
    for describe, group in by_describer.items():
        lines |= describe(group)
    return lines


def drop(member: Membership, entries: Collection[Entry]) -> None:
    """Take away unread lines of a member that say nothing any more."""
    gone = [entry.pk for entry in entries if entry.read_at is None]
    if gone:
        Entry.objects.filter(member=member, pk__in=gone).delete()
        live.bells_changed([member.pk])


def look_again(groups: Collection[str] = (), *, member: Membership | None = None) -> int:
    """Take away unread lines that may not be seen any more: in these groups, or all of a member's.

    For whoever moves, removes or hides a thing, or changes what somebody may see. Says how many
    went.
    """
    unread = Entry.objects.unread()
    unread = unread.filter(member=member) if member else unread.filter(group__in=groups)
    entries = list(unread.select_related("member__user", "member__cohort", "member__team"))
    lines = lines_of(entries)
    gone = [entry for entry in entries if entry.pk not in lines or not entry.member.is_active]
    if gone:
        Entry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
        live.bells_changed(entry.member_id for entry in gone)
    return len(gone)


def access_changed(member: Membership) -> None:
    """After the commit: the member may see other things now, or nothing any more."""
    transaction.on_commit(lambda: look_again(member=member), robust=True)
