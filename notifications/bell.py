"""The bell: lines that gather until they are read, and what of them a reader may see."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import connection
from django.utils import timezone

from cohort.models import Membership
from notifications import registry
from notifications.models import Entry, EntryQuerySet
from notifications.registry import Line

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


def entries_of(member: Membership) -> EntryQuerySet:
    return Entry.objects.filter(member=member).latest_first()


def unread_count(member: Membership) -> int:
    """How many lines of the bell a member has not read: one indexed read."""
    return entries_of(member).unread().order_by().count()


def seen(member: Membership, group: str) -> int:
    """Whoever read the thing itself has read what the bell says of it; say how many lines."""
    return entries_of(member).unread().filter(group=group).update(read_at=timezone.now())


def lines_of(entries: Sequence[Entry]) -> dict[int, Line]:
    """What each entry says to its reader now, by its key; with queries per kind, not per entry.

    Entries need their member with user, cohort and team loaded. What may not be seen any more has
    no line.
    """
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry)
    lines: dict[int, Line] = {}
    for name, group in by_kind.items():
        kind = registry.kinds.get(name)
        if kind and kind.describe:
            lines |= kind.describe(group)
    return lines


def look_again(groups: Collection[str] = (), *, member: Membership | None = None) -> int:
    """Take away unread lines that may not be seen any more: in these groups, or all of a member's.

    For whoever moves, removes or hides a thing, or changes what somebody may see. Says how many
    went.
    """
    unread = Entry.objects.unread()
    unread = unread.filter(member=member) if member else unread.filter(group__in=groups)
    entries = list(unread.select_related("member__user", "member__cohort", "member__team"))
    lines = lines_of(entries)
    gone = [entry.pk for entry in entries if entry.pk not in lines]
    Entry.objects.filter(pk__in=gone).delete()
    return len(gone)
