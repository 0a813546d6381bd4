"""Who may do what with a session. Whether they may see it at all is `visible_to`'s answer."""

from datetime import timedelta

from django.utils import timezone

from cohort.models import Membership
from sessions.models import RSVP, CloseOut, LearningSession, feedback_closes_at

HOSTS_COME_EARLIER = timedelta(minutes=45)
ASKED_ONCE_IN = timedelta(hours=24)


def can_plan(member: Membership) -> bool:
    """Create, edit, publish, cancel, close out and mark attendance."""
    return member.is_facilitator and member.may_write


def takes_answers(session: LearningSession) -> bool:
    return session.status == session.Status.SCHEDULED and not session.is_over


def can_answer(member: Membership, session: LearningSession) -> bool:
    return member.may_write and takes_answers(session)


def can_ask_again(session: LearningSession) -> bool:
    """Whether those who have not answered may be asked now: once a day at most."""
    asked = session.asked_again_at
    return takes_answers(session) and (asked is None or timezone.now() - asked >= ASKED_ONCE_IN)


def can_tick(member: Membership, session: LearningSession) -> bool:
    """Mark one's own pre-work as done; afterwards it is a record."""
    return can_answer(member, session)


def can_join(member: Membership, session: LearningSession, rsvp: RSVP | None) -> bool:
    """The way to the meeting. Where seats are limited, it is for those who have one."""
    if not session.meeting_url or session.status != session.Status.SCHEDULED:
        return False
    if session.capacity is None or member.is_facilitator:
        return True
    return rsvp is not None and rsvp.has_seat


def can_enter_now(member: Membership, session: LearningSession) -> bool:
    """Whether the way to the meeting is open at this moment; hosts come before the guests."""
    early = HOSTS_COME_EARLIER if member.is_facilitator else timedelta(0)
    return session.doors_open_at - early <= timezone.now() < session.ends_at


def can_chat(member: Membership, session: LearningSession) -> bool:
    """Say and ask something in the room, vote, react, answer a pulse: while the room is open.

    Whoever was muted there may not say and ask; `services.chat.speaker` has the last word.
    """
    return member.may_write and session.chat_is_open


def can_moderate(member: Membership) -> bool:
    return can_plan(member)


def can_steer(member: Membership, session: LearningSession) -> bool:
    """Ask a pulse, settle questions, mute and slow down."""
    return can_moderate(member) and session.status == session.Status.SCHEDULED


def can_write_notes(member: Membership, session: LearningSession) -> bool:
    """Everybody who writes, while the room is open; facilitators put them in order afterwards."""
    if not member.may_write or session.status != session.Status.SCHEDULED:
        return False
    return session.chat_is_open or member.is_facilitator


def can_close_out(member: Membership, session: LearningSession) -> bool:
    return can_plan(member) and session.status == session.Status.SCHEDULED


def can_give_feedback(
    member: Membership, session: LearningSession, close_out: CloseOut | None, *, was_there: bool
) -> bool:
    """Members who were there; not those who led it."""
    is_asked = was_there and member.may_write and not member.is_facilitator
    was_held = session.is_over and session.status == session.Status.SCHEDULED
    return is_asked and was_held and timezone.now() < feedback_closes_at(session, close_out)


def can_take_along(member: Membership) -> bool:
    """Tables with people's names in them, also once the cohort is an archive."""
    return member.is_facilitator
