"""A meeting's list: kept, looked at row by row, and applied to who came."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from sessions.meeting_lists import read
from sessions.models import Attendance, AttendanceChange, LearningSession, MeetingList
from sessions.queries.meeting_lists import Row, mark_for, review
from sessions.services.attendance import Noted, set_marks

# Then a list goes, applied or not: it has the names and addresses of strangers in it.
KEPT = timedelta(days=30)


@transaction.atomic
def keep(
    *, session: LearningSession, by: Membership, content: bytes, file_name: str
) -> MeetingList:
    """Read a list and keep it to be looked at. Raises UnreadableTable."""
    provider, people = read(content)
    lists = MeetingList.objects.filter(session=session)
    kept = list(lists.values_list("pk", flat=True)[: MeetingList.MOST_KEPT - 1])
    lists.exclude(pk__in=kept).delete()
    return MeetingList.objects.create(
        session=session,
        by=by,
        file_name=file_name[:200],
        provider=provider,
        rows=[{"name": p.name, "address": p.address, "minutes": p.minutes} for p in people],
    )


def sweep(now: datetime) -> int:
    """At each beat: old lists go. Marks that came of them stay, and no mail comes of it."""
    MeetingList.objects.filter(created_at__lt=now - KEPT).delete()
    return 0


def choose(*, kept: MeetingList, choices: Mapping[int, int]) -> None:
    """Keep who the rows are (0: nobody of ours), to go on with later."""
    kept.choices = {**kept.choices, **{str(number): pk for number, pk in choices.items()}}
    kept.save(update_fields=["choices"])


@transaction.atomic
def apply(*, kept: MeetingList, by: Membership, over_hand: bool = False) -> AttendanceChange | None:
    """Mark everybody the list names. What was set by hand stays, unless `over_hand`.

    Of one person's several rows the minutes add up. Applying twice changes nothing more.
    """
    kept = MeetingList.objects.select_for_update().select_related("session").get(pk=kept.pk)
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in review(kept):
        if row.member and (over_hand or row.stays is None):
            rows[row.member.pk].append(row)
    change = set_marks(
        session=kept.session,
        marks={pk: _noted(same, kept.session) for pk, same in rows.items()},
        source=Attendance.Source.LIST,
        by=by,
    )
    kept.applied_at = timezone.now()
    kept.save(update_fields=["applied_at"])
    return change


def _noted(rows: Sequence[Row], session: LearningSession) -> Noted:
    known = [row.participant.minutes for row in rows if row.participant.minutes is not None]
    minutes = min(sum(known), 24 * 60) if known else None
    return Noted(mark_for(minutes, session), minutes)
