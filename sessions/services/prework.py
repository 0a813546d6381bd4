"""Members tick what they have done before a session."""

from cohort.models import Membership
from sessions.models import PreworkTask, TaskTick


def tick(*, task: PreworkTask, member: Membership) -> None:
    """Remember that the member has done it. Ticking again changes nothing."""
    TaskTick.objects.get_or_create(task=task, member=member)


def untick(*, task: PreworkTask, member: Membership) -> None:
    TaskTick.objects.filter(task=task, member=member).delete()
