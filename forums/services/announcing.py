"""An announcement goes out by mail once, when a facilitator says so."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import audit
from cohort.models import Membership
from forums import notices
from forums.models import Thread
from forums.services.counting import locked
from forums.services.refusals import PostGone, Refused, ThreadGone


class AnnouncedAlready(Refused):
    reason: Any = _("This discussion was announced already; nobody gets it twice.")


@transaction.atomic
def announce_thread(*, thread: Thread, by: Membership) -> int:
    """Mail a thread's opening to everybody who may read it; say for how many it was asked.

    Raises AnnouncedAlready, ThreadGone, or PostGone where the opening was removed or hidden.
    """
    thread = locked(thread.pk)
    if thread.deleted_at:
        raise ThreadGone
    if thread.announced_at:
        raise AnnouncedAlready
    if not thread.posts.standing().filter(number=1).exists():
        raise PostGone
    thread.announced_at = timezone.now()
    thread.save(update_fields=["announced_at"])
    count = notices.announce(thread)
    audit.record(
        "thread.announced", subject=thread, actor=by, cohort=by.cohort,
        thread=thread.pk, readers=count,
    )  # fmt: skip
    return count
