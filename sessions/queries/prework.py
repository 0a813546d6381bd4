"""What is to be done before a session, and who has."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from cohort.models import Membership, Role
from sessions.models import LearningSession, PreworkTask, TaskTick
from sessions.queries.rsvps import invited


@dataclass(frozen=True)
class TaskLine:
    task: PreworkTask
    is_done: bool  # by the reader
    # For hosts: how many have done it, and who has not, by name.
    done: int = 0
    missing: tuple[str, ...] = ()


def tasks_of(member: Membership, session: LearningSession) -> list[TaskLine]:
    """The tasks in order. Who has done them is told to facilitators only."""
    mine = TaskTick.objects.filter(task=OuterRef("pk"), member=member)
    still_here = Q(ticks__member__left_at=None, ticks__member__user__is_active=True)
    tasks = list(
        session.tasks.annotate(is_done=Exists(mine), done=Count("ticks", filter=still_here))
    )
    if not tasks or not member.is_facilitator:
        return [TaskLine(task, task.is_done) for task in tasks]
    people = invited(session).exclude(role=Role.FACILITATOR).select_related("user").by_name()
    names = {person.pk: person.user.name for person in people}
    ticked: dict[int, set[int]] = {task.pk: set() for task in tasks}
    ticks = TaskTick.objects.filter(task__in=tasks)
    for task_pk, member_pk in ticks.values_list("task_id", "member_id"):
        ticked[task_pk].add(member_pk)
    return [
        TaskLine(
            task,
            task.is_done,
            task.done,
            tuple(name for pk, name in names.items() if pk not in ticked[task.pk]),
        )
        for task in tasks
    ]
