"""What is to be done and read for a session, and who has done it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from cohort.models import Membership, Role
from resources.models import Resource
from sessions.models import LearningSession, PreworkTask, TaskTick
from sessions.queries.rsvps import invited


@dataclass(frozen=True)
class TaskLine:
    task: PreworkTask
    is_done: bool  # by the reader
    # For hosts: how many have done it, and until the session is over who has not, by name.
    done: int = 0
    missing: tuple[str, ...] = ()


def task_rows(session: Any) -> QuerySet[Any]:
    """A session's tasks in order, with who has done them, for `tasks_of`."""
    ticks = TaskTick.objects.filter(
        task=OuterRef("pk"), member__left_at=None, member__user__is_active=True
    )
    row = JSONObject(pk="pk", words="words", ticked=ArraySubquery(ticks.values("member")))
    return PreworkTask.objects.filter(session=session).order_by("position", "pk").values(row=row)


def tasks_of(member: Membership, session: Any) -> list[TaskLine]:
    """The tasks of one of `session_pages`. Who has done them is told to facilitators only: one
    query for the names, none once it is over.
    """
    rows = session.task_rows
    names = _names(session) if rows and member.is_facilitator and not session.is_over else {}
    return [_line(row, member, names) for row in rows]


def _names(session: LearningSession) -> dict[int, str]:
    people = invited(session).exclude(role=Role.FACILITATOR).by_name()
    return dict(people.values_list("pk", "user__name"))


def _line(row: dict[str, Any], member: Membership, names: dict[int, str]) -> TaskLine:
    task = PreworkTask(pk=row["pk"], words=row["words"])
    ticked = set(row["ticked"])
    is_done = member.pk in ticked
    if not member.is_facilitator:
        return TaskLine(task, is_done)
    missing = (name for pk, name in names.items() if pk not in ticked)
    return TaskLine(task, is_done, len(ticked), tuple(missing))


def resource_rows(member: Membership) -> ArraySubquery:
    """Each session's things of the library that the member may see, for `resources_of`."""
    seen = Resource.objects.visible_to(member).filter(sessions=OuterRef("pk"))
    row = JSONObject(pk="pk", title="title", kind="kind")
    return ArraySubquery(seen.order_by("title", "pk").values(row=row))


def resources_of(session: Any) -> list[Resource]:
    """As far as their lines show them, by title."""
    return [Resource(cohort=session.cohort, **row) for row in session.resource_rows]
