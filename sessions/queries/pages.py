"""A session with what its page shows. What is short comes in the session's own row, since each
question to the database costs more than its answer; what can be long is asked for by itself, and
only where there is any.
"""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from cohort.models import Membership
from sessions.models import (
    Attendance,
    ChatMessage,
    Feedback,
    LearningSession,
    LearningSessionQuerySet,
    Pulse,
    Question,
)
from sessions.queries.agenda import agenda_rows
from sessions.queries.feedback import feedback_rows
from sessions.queries.follow_ups import follow_up_rows
from sessions.queries.lists import sessions_of
from sessions.queries.prework import resource_rows, task_rows
from sessions.queries.rsvps import answer_rows


def session_pages(member: Membership) -> LearningSessionQuerySet:
    """Sessions a member may see, with the reader's own part, every short list, for `agenda_of` and
    its like, and of each long one whether there is any.
    """
    here = OuterRef("pk")
    pages = sessions_of(member).select_related("close_out__finished_by__user", "room")
    if member.is_facilitator:
        pages = pages.annotate(feedback_rows=feedback_rows())
    return pages.annotate(
        my_mark=Subquery(Attendance.objects.filter(session=here, member=member).values("mark")),
        gave_feedback=Exists(Feedback.objects.filter(session=here, member=member)),
        agenda_rows=agenda_rows(),
        answer_rows=answer_rows(),
        follow_up_rows=follow_up_rows(member),
        resource_rows=resource_rows(member),
        series_rows=series_rows(member),
        task_rows=task_rows(),
        notes_text=F("notes__text"),
        has_lines=Exists(ChatMessage.objects.filter(room=here)),
        has_marks=Exists(Attendance.objects.filter(session=here)),
        has_pulses=Exists(Pulse.objects.filter(room=here)),
        has_questions=Exists(Question.objects.filter(room=here)),
    )


def series_rows(member: Membership) -> ArraySubquery:
    """The others that were planned together with each, in order, for `same_series`."""
    others = LearningSession.objects.visible_to(member).filter(series=OuterRef("series"))
    row = JSONObject(pk="pk", starts_at="starts_at", status="status")
    rest = others.exclude(pk=OuterRef("pk")).order_by("starts_at", "pk")
    return ArraySubquery(rest.values(row=row))


def same_series(session: Any) -> list[LearningSession]:
    """As far as their lines show them."""
    return [
        LearningSession(
            pk=row["pk"],
            cohort=session.cohort,
            starts_at=datetime.fromisoformat(row["starts_at"]),
            status=row["status"],
        )
        for row in session.series_rows
    ]
