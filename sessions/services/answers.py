"""Who comes. All of it happens under the session's row lock, so that no seat is given twice."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from cohort.models import Membership
from sessions import notices
from sessions.models import RSVP, LearningSession
from sessions.permissions import can_answer
from sessions.services import invites

# Nobody is moved up so late that they could not know.
PROMOTE_UNTIL = timedelta(minutes=15)


class NotOpen(Exception):
    """The session takes no answers: it is over, called off, or not for this member to answer."""


@transaction.atomic
def answer(
    *,
    session: LearningSession,
    member: Membership,
    answer: str,
    note: str | None = None,
    tell_calendar: bool = True,
) -> RSVP:
    """Keep a member's answer; a note of None leaves the one that is there.

    Only a new yes takes a seat; where none is left it waits. The same answer again changes
    nothing. Their calendar is told, unless the answer came from there. Raises NotOpen.
    """
    session = LearningSession.objects.select_for_update().get(pk=session.pk)
    if not can_answer(member, session):
        raise NotOpen
    rsvp = RSVP.objects.filter(session=session, member=member).first()
    if rsvp is None:
        rsvp = RSVP(session=session, member=member)
    if rsvp.answer != answer:
        # Whoever waits already comes first, if somebody left the cohort and freed a seat.
        promote_waiting(session)
        rsvp.answer = answer
        rsvp.answered_at = timezone.now()
        is_waiting = answer == RSVP.Answer.YES and not _has_free_seat(session)
        rsvp.waitlisted_at = rsvp.answered_at if is_waiting else None
    if note is not None:
        rsvp.note = note
    rsvp.save()
    promote_waiting(session)
    if tell_calendar:
        invites.bring_up_to_date(session, [member])
    return rsvp


@transaction.atomic
def take_back(*, session: LearningSession, member: Membership) -> None:
    """As if they had not answered, with the note gone; who waits moves up. Raises NotOpen."""
    session = LearningSession.objects.select_for_update().get(pk=session.pk)
    if not can_answer(member, session):
        raise NotOpen
    RSVP.objects.filter(session=session, member=member).delete()
    promote_waiting(session)
    invites.bring_up_to_date(session, [member])


def promote_waiting(session: LearningSession) -> None:
    """Give free seats to those who wait, the longest first. The session's row must be locked."""
    if timezone.now() > session.starts_at - PROMOTE_UNTIL or session.is_cancelled:
        return
    waiting = _active(session).exclude(waitlisted_at=None).order_by("waitlisted_at", "pk")
    if session.capacity is not None:
        waiting = waiting[: max(0, session.capacity - _taken(session))]
    promoted = list(waiting.select_related("member"))
    if promoted:
        RSVP.objects.filter(pk__in=[rsvp.pk for rsvp in promoted]).update(waitlisted_at=None)
        notices.seat_came_free(session, [rsvp.member for rsvp in promoted])


def _has_free_seat(session: LearningSession) -> bool:
    return session.capacity is None or _taken(session) < session.capacity


def _taken(session: LearningSession) -> int:
    return _active(session).filter(waitlisted_at=None).count()


def _active(session: LearningSession) -> "models.QuerySet[RSVP]":
    """Every yes of somebody who is still in the cohort."""
    return RSVP.objects.filter(
        session=session,
        answer=RSVP.Answer.YES,
        member__left_at=None,
        member__user__is_active=True,
    )
