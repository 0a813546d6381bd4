"""Who hears of what happens to sessions, beside the reminders."""

from collections.abc import Iterable

from django.utils import timezone

from cohort.models import Membership
from notifications import reach
from sessions.models import LearningSession

SEAT = "sessions.seat"


def seat_came_free(session: LearningSession, members: Iterable[Membership]) -> None:
    """Those who waited now have a seat. Each promotion is told once."""
    reach.tell(
        SEAT,
        members,
        dedupe_key=f"seat:{session.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        target_pk=session.pk,
        expires_at=session.starts_at,
    )
