"""A session with what its page shows. What is short comes in the session's own row, since each
question to the database costs more than its answer; what can be long is asked for by itself, and
only where there is any.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Exists,
    F,
    JSONField,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import RawSQL
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


def room_pages(member: Membership) -> LearningSessionQuerySet:
    """Sessions a member may see, with what their live rooms show: for `agenda_of` and
    `resources_of`, and of what is asked for by itself whether there is any.
    """
    return (
        sessions_of(member)
        .select_related("room")
        .annotate(
            agenda_rows=listed(agenda_rows),
            resource_rows=resource_rows(member),
            notes_text=F("notes__text"),
            has_pulses=_has(Pulse, "room"),
            has_questions=_has(Question, "room"),
        )
    )


def session_pages(member: Membership) -> LearningSessionQuerySet:
    """The same, with the reader's own part, every short list, for `tasks_of` and its like, and of
    each long one whether there is any.
    """
    here = OuterRef("pk")
    pages = room_pages(member).select_related("close_out__finished_by__user")
    if member.is_facilitator:
        pages = pages.annotate(feedback_rows=listed(feedback_rows))
    return pages.annotate(
        my_mark=Subquery(Attendance.objects.filter(session=here, member=member).values("mark")),
        gave_feedback=Exists(Feedback.objects.filter(session=here, member=member)),
        answer_rows=listed(answer_rows),
        follow_up_rows=follow_up_rows(member),
        series_rows=series_rows(member),
        task_rows=listed(task_rows),
        has_lines=_has(ChatMessage, "room"),
        has_marks=_has(Attendance, "session"),
    )


# What is the same for every reader is put together once: it takes the ORM a moment each time.
_HERE = RawSQL(f'"{LearningSession._meta.db_table}"."id"', [])  # noqa: S611 (a constant)


@cache
def listed(rows: Callable[[Any], QuerySet[Any]]) -> RawSQL:
    """The short list `rows` of each session, as one of its own columns."""
    sql, params = rows(_HERE).query.sql_with_params()
    return RawSQL(f"ARRAY({sql})", params, output_field=ArrayField(JSONField()))  # noqa: S611


@cache
def _has(model: type[Model], its_session: str) -> RawSQL:
    its_own = model._default_manager.filter(**{its_session: _HERE}).order_by().values("pk")
    sql, params = its_own.query.sql_with_params()
    return RawSQL(f"EXISTS({sql})", params, output_field=BooleanField())  # noqa: S611


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
