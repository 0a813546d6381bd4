"""Keeping a live room good to be in: its pace, and who only reads."""

from functools import partial

from django.db import transaction

from cohort import audit
from cohort.models import Membership
from sessions import live
from sessions.models import LearningSession, Room, RoomMute

PACES = (0, 10, 30, 60)  # seconds between two lines of one person


@transaction.atomic
def set_pace(*, session: LearningSession, seconds: int, by: Membership) -> None:
    """Slow mode for everybody but facilitators; 0 ends it."""
    Room.objects.update_or_create(session=session, defaults={"slow_seconds": seconds})
    audit.record("room.pace_set", subject=session, actor=by, cohort=by.cohort, seconds=seconds)
    transaction.on_commit(partial(live.room_changed, session.pk))


@transaction.atomic
def mute(*, session: LearningSession, member: Membership, by: Membership) -> None:
    """Let somebody read in this room and write no more lines and questions."""
    Room.objects.get_or_create(session=session)
    _row, is_new = RoomMute.objects.get_or_create(
        room_id=session.pk, member=member, defaults={"muted_by": by}
    )
    if is_new:
        audit.record("room.muted", subject=member, actor=by, cohort=by.cohort, session=session.pk)
    transaction.on_commit(partial(live.room_changed, session.pk))


@transaction.atomic
def unmute(*, session: LearningSession, member: Membership, by: Membership) -> None:
    if RoomMute.objects.filter(room_id=session.pk, member=member).delete()[0]:
        audit.record("room.unmuted", subject=member, actor=by, cohort=by.cohort, session=session.pk)
    transaction.on_commit(partial(live.room_changed, session.pk))
