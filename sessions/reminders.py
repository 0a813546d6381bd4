"""Reminders before a session: computed when they are due, from the session as it is then.

Each cohort says how long before (`Cohort.reminder_minutes`). A row of the outbox carries the
session's `schedule_version`, so that what was planned for an older time is not sent for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.templatetags.cohort import until, when_text
from notifications import reach, reasons, registry
from notifications.models import Delivery
from notifications.registry import Kind, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from sessions import queries
from sessions.models import RSVP, LearningSession
from sessions.notices import SEAT
from sessions.permissions import can_join

KIND = "sessions.reminder"
TOPIC = "reminders"
# After this much of the time that was left, or this long, a reminder is of no use any more.
LATEST = timedelta(hours=3)
# A reminder this long before may come the evening before; a shorter one must not move.
CAN_COME_EARLIER = timedelta(hours=6)
NIGHT_BEGINS, NIGHT_ENDS, EVENING = time(22), time(7), time(20)
LONGEST_SHIFT = timedelta(hours=12)

CANCELLED, MOVED, ANSWERED_NO, WAITS, JOINED_LATE = (
    "session-cancelled",
    "session-moved",
    "answered-no",
    "on-waiting-list",
    "joined-late",
)
REASONS = {
    CANCELLED: gettext_lazy("The session was called off"),
    MOVED: gettext_lazy("The session was moved; another reminder is for its new time"),
    ANSWERED_NO: gettext_lazy("Said that they do not come"),
    WAITS: gettext_lazy("Is on the waiting list"),
    JOINED_LATE: gettext_lazy("Answered, or joined, after this reminder was due"),
}


def plan(now: datetime) -> int:
    """Put the reminders that have come due into the outbox; those it is too late for as well,
    so that the log says why they were not sent.
    """
    sessions = (
        LearningSession.objects.standing()
        .filter(starts_at__gt=now, cohort__archived_at=None)
        .select_related("cohort")
    )
    return sum(
        _plan_offset(session, timedelta(minutes=minutes), now)
        for session in sessions
        for minutes in set(session.cohort.reminder_minutes)
        if session.starts_at - timedelta(minutes=minutes) - LONGEST_SHIFT <= now
    )


def _plan_offset(session: LearningSession, offset: timedelta, now: datetime) -> int:
    key = f"rem:{session.pk}:{_minutes(offset)}:{session.schedule_version}"
    planned = Delivery.objects.filter(kind=KIND, dedupe_key__startswith=f"{key}:")
    answers = RSVP.objects.filter(session=session, member=OuterRef("pk"))
    # Everybody but those who said no, while that is what they say.
    readers = (
        queries.invited(session)
        .exclude(rsvps__in=session.rsvps.filter(answer=RSVP.Answer.NO))
        .exclude(pk__in=planned.values("recipient"))
        .annotate(answered_at=Subquery(answers.values("answered_at")))
        .select_related("user")
    )
    batches: dict[tuple[datetime, datetime], list[Membership]] = defaultdict(list)
    for reader in readers:
        due = due_at(session, offset, reader.user.time_zone)
        if due <= now:
            batches[due, _expiry(session, offset, due, reader)].append(reader)
    return sum(
        reach.tell(
            KIND,
            people,
            dedupe_key=key,
            target_pk=session.pk,
            params={
                "minutes": _minutes(offset),
                "version": session.schedule_version,
                "due": due.isoformat(),
            },
            not_before=due,
            expires_at=expiry,
        )
        for (due, expiry), people in batches.items()
    )


def _expiry(
    session: LearningSession, offset: timedelta, due: datetime, reader: Membership
) -> datetime:
    """Who came too late for it gets none, and the log should say that, not that it was late."""
    came_at = getattr(reader, "answered_at", None) or reader.joined_at
    if came_at > due:
        return session.starts_at
    return min(due + late_limit(offset), session.starts_at)


def due_at(session: LearningSession, offset: timedelta, zone: str) -> datetime:
    """When a reader in `zone` is reminded: not at night, if the evening before will do."""
    due = session.starts_at - offset
    if offset < CAN_COME_EARLIER:
        return due
    wall = due.astimezone(ZoneInfo(zone))
    if NIGHT_ENDS <= wall.time() < NIGHT_BEGINS:
        return due
    evening = wall.date() if wall.time() >= NIGHT_BEGINS else wall.date() - timedelta(days=1)
    return datetime.combine(evening, EVENING, ZoneInfo(zone)).astimezone(due.tzinfo)


def late_limit(offset: timedelta) -> timedelta:
    return min(offset / 2, LATEST)


def _minutes(offset: timedelta) -> int:
    return int(offset.total_seconds() // 60)


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    sessions, answers = _batch(deliveries)
    for delivery in deliveries:
        session = sessions.get(delivery.target_pk or 0)
        member = delivery.recipient
        if session is None or member is None:
            yield delivery, Skip(reasons.GONE)
            continue
        rsvp = answers.get((session.pk, member.pk))
        reason = _why_not(delivery, session, member, rsvp)
        yield delivery, Skip(reason) if reason else _mail(delivery, session, member, rsvp)


def _batch(
    deliveries: Sequence[Delivery],
) -> tuple[dict[int, LearningSession], dict[tuple[int, int], RSVP]]:
    pks = {delivery.target_pk for delivery in deliveries if delivery.target_pk}
    members = [delivery.recipient_id for delivery in deliveries if delivery.recipient_id]
    sessions = (
        LearningSession.objects.filter(pk__in=pks)
        .select_related("cohort")
        .prefetch_related("themes")  # type: ignore[misc]
    )
    answers = RSVP.objects.filter(session__in=pks, member__in=members)
    return (
        {session.pk: session for session in sessions},
        {(rsvp.session_id, rsvp.member_id): rsvp for rsvp in answers},
    )


def _why_not(
    delivery: Delivery, session: LearningSession, member: Membership, rsvp: RSVP | None
) -> str:
    """What changed since it was planned; empty if it should go."""
    if session.is_cancelled or session.is_draft:
        return CANCELLED
    if session.schedule_version != delivery.params["version"]:
        return MOVED
    if not session.is_visible_to(member):
        return reasons.GONE
    due = datetime.fromisoformat(delivery.params["due"])
    if (rsvp.answered_at if rsvp else member.joined_at) > due:
        return JOINED_LATE
    if rsvp and rsvp.answer == RSVP.Answer.NO:
        return ANSWERED_NO
    return WAITS if rsvp and rsvp.waitlisted_at else ""


def _mail(
    delivery: Delivery, session: LearningSession, member: Membership, rsvp: RSVP | None
) -> Outcome:
    context = _context(session, member, rsvp)
    return render_mail(
        delivery,
        "mail/session_reminder",
        subject=_("%(when)s: %(title)s")
        % {"when": _lead(session), "title": " ".join(session.title.split())},
        preheader=context["start"],
        why=_("You get this as a member of %(cohort)s, before a session you may want to come to.")
        % {"cohort": session.cohort.name},
        context=context,
    )


def _lead(session: LearningSession) -> str:
    words = until(session.starts_at)
    return words[:1].upper() + words[1:]


def _context(session: LearningSession, member: Membership, rsvp: RSVP | None) -> dict[str, Any]:
    return {
        "session": session,
        "rsvp": rsvp,
        "start": when_text(session.starts_at, "full", ZoneInfo(member.user.time_zone)),
        "session_url": absolute(session.get_absolute_url()),
        "can_join": can_join(member, session, rsvp),
        "until": until(session.starts_at),
    }


def compose_seat(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """ "A seat came free", unless it was given back or the session is gone meanwhile."""
    sessions, answers = _batch(deliveries)
    for delivery in deliveries:
        session, member = sessions.get(delivery.target_pk or 0), delivery.recipient
        rsvp = answers.get((session.pk, member.pk)) if session and member else None
        if session is None or member is None or not session.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        elif session.is_cancelled:
            yield delivery, Skip(CANCELLED)
        elif rsvp is None or not rsvp.has_seat:
            yield delivery, Skip(ANSWERED_NO)
        else:
            yield (
                delivery,
                render_mail(
                    delivery,
                    "mail/session_seat",
                    subject=_("You have a seat: %(title)s") % {"title": session.title},
                    why=_("You get this because you were on the waiting list of this session."),
                    context=_context(session, member, rsvp),
                ),
            )


def register() -> None:
    reasons.WORDS.update(REASONS)
    registry.register_topic(
        Topic(
            TOPIC,
            gettext_lazy("Reminders"),
            gettext_lazy("Before a session you come to, or have not answered yet."),
        )
    )
    registry.register_kind(
        Kind(KIND, gettext_lazy("Session reminder"), compose, topic=TOPIC, lives=LATEST)
    )
    registry.register_kind(Kind(SEAT, gettext_lazy("A seat came free"), compose_seat))
    registry.register_planner(plan)
