"""Whose editions there are, when they are due, and from when to when each tells.

Each member has a mark: everything older was in an edition already. An edition covers the window
from the mark to its own planning and moves the mark there when it was sent, so that a missed one
folds into the next, and nothing is told twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from cohort.models import Membership
from notifications.models import Choices, Delivery
from notifications.sections import Reader

KIND = "notifications.edition"
AWAY_KIND = "notifications.edition_paused"
TEST_KIND = "notifications.edition_test"
# A post is stamped before its transaction commits: what is younger waits for the next edition.
SETTLED_AFTER = timedelta(seconds=60)
# Of what came before the first edition, and of what was missed in a long pause, so much is told.
FIRST_LOOK_BACK = timedelta(days=14)
LONGEST_LOOK_BACK = timedelta(days=100)
# Whoever was not here for so long is told once that their editions stop until they come back.
AWAY_AFTER = timedelta(days=90)


def edition_readers() -> QuerySet[Any]:
    """Members of running cohorts who agreed to the norms, with their choices or the defaults.

    `timetable` names what `Timetable.key` does.
    """
    weekly = Choices()
    return (
        Membership.objects.active()
        .agreed()
        .filter(cohort__archived_at=None)
        .annotate(
            rhythm=Coalesce("mail_choices__edition", Value(str(weekly.edition))),
            weekday=Coalesce("mail_choices__edition_weekday", Value(weekly.edition_weekday)),
            hour=Coalesce("mail_choices__edition_hour", Value(weekly.edition_hour)),
            set_at=F("mail_choices__edition_set_at"),
            arrived_at=Coalesce("norms_agreed_at", "joined_at"),
            timetable=Concat(
                "user__time_zone", Value("|"), "rhythm", Value("|"),
                Cast("weekday", CharField()), Value("|"), Cast("hour", CharField()),
                output_field=CharField(),
            ),
        )
    )  # fmt: skip


def cutoff(delivery: Delivery) -> datetime:
    """Where the window of an edition ends; fixed when it was planned, however often it is tried."""
    return delivery.created_at - SETTLED_AFTER


def reader_of(member: Membership, choices: Choices | None, until: datetime) -> Reader:
    mark = choices.edition_mark if choices else None
    if mark:
        since = max(mark, until - LONGEST_LOOK_BACK)
    else:
        since = max(member.joined_at, until - FIRST_LOOK_BACK)
    return Reader(member, min(since, until), until)


def move_marks(deliveries: Sequence[Delivery]) -> None:
    """Everything up to these editions has been told; called when they are sent or may have been."""
    planned = Delivery.objects.filter(pk__in=[d.pk for d in deliveries], recipient=OuterRef("pk"))
    mark = planned.order_by("-created_at").values(mark=F("created_at") - SETTLED_AFTER)[:1]
    readers = {d.recipient_id: d for d in deliveries if d.recipient_id}
    moved = Choices.objects.filter(pk__in=readers).update(
        edition_mark=Greatest("edition_mark", Subquery(mark))
    )
    if moved < len(readers):
        Choices.objects.bulk_create(
            [
                Choices(member_id=member_pk, edition_mark=cutoff(delivery))
                for member_pk, delivery in readers.items()
            ],
            ignore_conflicts=True,
        )
