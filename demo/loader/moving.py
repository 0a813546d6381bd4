"""Keeps the demo in mid-year: brings its next session near again, once the last one is over."""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import Exists, OuterRef

from cohort.models import Cohort
from demo.loader import content
from sessions.models import Attendance, ChatMessage, LearningSession
from sessions.services.planning import change_session

WEEK = timedelta(weeks=1)
A_DAY = timedelta(days=1)


@transaction.atomic
def move_on(cohort: Cohort, now: datetime) -> int:
    """Move what is left of the demo's year by whole weeks, so that its next session is near.

    Only sessions of the content files move in which nothing has happened: no line in the room,
    nobody there, no notes. Their answers stay with them, and so does everything that visitors
    planned or wrote. Returns the number of weeks, 0 if a session is near anyway or none is left.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    standing = LearningSession.objects.filter(cohort=cohort).standing()
    if cohort.is_archived or standing.ahead(now).filter(starts_at__lt=now + A_DAY + WEEK).exists():
        return 0
    left = list(
        standing.filter(
            ~Exists(ChatMessage.objects.filter(room_id=OuterRef("pk"))),
            ~Exists(Attendance.objects.filter(session=OuterRef("pk"))),
            title__in=[row["title"] for row in content.rows("year.csv")],
            summary_text="",
            recording_url="",
        ).order_by("starts_at")
    )
    if not left:
        return 0
    weeks = ceil((now + A_DAY - left[0].starts_at) / WEEK)
    days = [session.local_date + weeks * WEEK for session in left]
    for session, day in zip(left, days, strict=True):
        change_session(session=session, local_date=day, local_fold=0, tell=False)
    Cohort.objects.filter(pk=cohort.pk, ends_on__lt=days[-1]).update(ends_on=days[-1])
    return weeks
