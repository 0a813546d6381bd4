"""The mails that invite to sessions, tell what changed and call off, calendar part included.

What a mail says follows from what its reader was told last (`CalendarInvite.told…`) and what is so
now, at the moment it goes out: two moves before anybody was told of the first are one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.templatetags.cohort import when_text
from notifications import reasons, registry, samples
from notifications.models import Delivery, Entry, Way
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from sessions import answering, calendar, invented
from sessions.models import RSVP, CalendarInvite, LearningSession
from sessions.notices import CALENDAR, INVITATIONS_TOPIC
from sessions.services import invites

SUPERSEDED, NEVER_INVITED, OVER = "calendar-superseded", "never-invited", "session-over"
REASONS = {
    SUPERSEDED: gettext_lazy("Something newer about this session was sent instead"),
    NEVER_INVITED: gettext_lazy("Their calendar never had it, so there is nothing to take out"),
    OVER: gettext_lazy("The session is over"),
}
Told = CalendarInvite.Told


class Event(StrEnum):
    """What a mail tells its reader of."""

    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    BACK = "back"
    CALLED_OFF = "called-off"
    TAKEN_OUT = "taken-out"
    CLOSED_OFF = "closed-off"  # they may not see it any more


SUBJECTS = {
    Event.NEW: gettext_lazy("Invitation: %(title)s, %(when)s"),
    Event.MOVED: gettext_lazy("Moved: %(title)s is now %(when)s"),
    Event.CHANGED: gettext_lazy("Changed: %(title)s, %(when)s"),
    Event.BACK: gettext_lazy("On again: %(title)s, %(when)s"),
    Event.CALLED_OFF: gettext_lazy("Called off: %(title)s, %(when)s"),
    Event.TAKEN_OUT: gettext_lazy("Out of your calendar: %(title)s"),
    Event.CLOSED_OFF: gettext_lazy("A session you are no longer invited to"),
}
LEADS = {
    Event.NEW: gettext_lazy("You are invited."),
    Event.MOVED: gettext_lazy("This session has a new time. Does it still suit you?"),
    Event.CHANGED: gettext_lazy("Something about this session changed, but not its time."),
    Event.BACK: gettext_lazy("This session takes place."),
    Event.CALLED_OFF: gettext_lazy("This session does not take place."),
    Event.TAKEN_OUT: gettext_lazy("You said that you cannot come, so we take it out again."),
    Event.CLOSED_OFF: gettext_lazy("It is not for you any more, so we take it out again."),
}


@dataclass
class _Batch:
    """What a batch of mails is about, loaded at once."""

    sessions: dict[int, LearningSession]
    invites: dict[tuple[int, int], CalendarInvite]
    rsvps: dict[tuple[int, int], RSVP]
    # Whose calendar may have got an invitation that nobody has noted as sent yet.
    under_way: set[tuple[int, int]] = field(default_factory=set)


def _load(deliveries: Sequence[Delivery]) -> _Batch:
    pks = {d.target_pk for d in deliveries if d.target_pk}
    members = [d.recipient_id for d in deliveries if d.recipient_id]
    mine = {"session__in": pks, "member__in": members}
    on_its_way = Delivery.objects.filter(
        kind=CALENDAR,
        target_pk__in=pks,
        recipient__in=members,
        params__method=invites.REQUEST,
        state__in=[Delivery.State.SENDING, Delivery.State.CLAIMED],
    )
    return _Batch(
        LearningSession.objects.select_related("cohort").in_bulk(pks),
        {(i.session_id, i.member_id): i for i in CalendarInvite.objects.filter(**mine)},
        {(r.session_id, r.member_id): r for r in RSVP.objects.filter(**mine)},
        {(s, m) for s, m in on_its_way.values_list("target_pk", "recipient_id") if s and m},
    )


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """Four queries a batch."""
    batch = _load(deliveries)
    for delivery in deliveries:
        member, session = delivery.recipient, batch.sessions.get(delivery.target_pk or 0)
        key = (delivery.target_pk or 0, delivery.recipient_id or 0)
        invite = batch.invites.get(key)
        if member is None or session is None or invite is None:
            yield delivery, Skip(reasons.GONE)
            continue
        rsvp = batch.rsvps.get(key)
        reason = _why_not(delivery, session, member, invite, rsvp, key in batch.under_way)
        yield delivery, Skip(reason) if reason else _mail(delivery, session, member, invite, rsvp)


def _why_not(
    delivery: Delivery,
    session: LearningSession,
    member: Membership,
    invite: CalendarInvite,
    rsvp: RSVP | None,
    is_under_way: bool,
) -> str:
    """What speaks against telling a calendar this now; empty if nothing does."""
    if delivery.params["sequence"] != invite.sequence:
        return SUPERSEDED
    if session.is_over:
        return OVER
    state = invites.wanted_state(
        session,
        invite,
        is_invited=_is_invited(session, member),
        answer=rsvp.answer if rsvp else None,
        wants_mail=True,
    )
    if state != invite.planned:
        return SUPERSEDED
    is_cancel = delivery.params["method"] == invites.CANCEL
    if is_cancel and invite.told == Told.NOTHING and not is_under_way:
        return NEVER_INVITED
    return ""


def _is_invited(session: LearningSession, member: Membership) -> bool:
    return session.is_visible_to(member) and not member.is_observer


def _event(
    delivery: Delivery, session: LearningSession, member: Membership, invite: CalendarInvite
) -> Event:
    if delivery.params["method"] == invites.CANCEL:
        if not _is_invited(session, member):
            return Event.CLOSED_OFF
        return Event.CALLED_OFF if session.is_cancelled else Event.TAKEN_OUT
    if invite.told == Told.NOTHING:
        return Event.NEW
    if invite.told != Told.REQUEST:
        return Event.BACK
    is_moved = (invite.told_starts_at, invite.told_ends_at) != (session.starts_at, session.ends_at)
    return Event.MOVED if is_moved else Event.CHANGED


def _mail(
    delivery: Delivery,
    session: LearningSession,
    member: Membership,
    invite: CalendarInvite,
    rsvp: RSVP | None,
) -> Mail:
    event = _event(delivery, session, member, invite)
    zone = ZoneInfo(member.user.time_zone)
    if event == Event.CLOSED_OFF:
        session = _veiled(session, invite)
    when = when_text(session.starts_at, "full", zone)
    title = " ".join(session.title.split())
    takes_answers = delivery.params["method"] == invites.REQUEST
    return render_mail(
        delivery,
        "mail/session_calendar",
        subject=str(SUBJECTS[event]) % {"title": title, "when": when},
        preheader=str(LEADS[event]),
        why=_("You get this because this session is for you, as a member of %(cohort)s.")
        % {"cohort": session.cohort.name},
        sender="calendar",
        context={
            "event": event,
            "lead": LEADS[event],
            "session": session,
            "start": when,
            "was": _was(session, invite, event, zone),
            "rsvp": rsvp,
            "session_url": absolute(session.get_absolute_url()),
            "answers": answering.links(member, session) if takes_answers else [],
        },
        calendar=_part(delivery, session, member, invite, rsvp),
    )


def _was(session: LearningSession, invite: CalendarInvite, event: Event, zone: ZoneInfo) -> str:
    """The time they knew, where it is another now."""
    then = invite.told_starts_at
    if event not in (Event.MOVED, Event.BACK) or not then or then == session.starts_at:
        return ""
    return when_text(then, "full", zone)


def _veiled(session: LearningSession, invite: CalendarInvite) -> LearningSession:
    """Only that there was a session, at the time its guest knew: the rest is not theirs to know."""
    starts_at = invite.told_starts_at or session.starts_at
    return LearningSession(
        pk=session.pk,
        cohort=session.cohort,
        public_id=session.public_id,
        title=_("A session"),
        starts_at=starts_at,
        ends_at=invite.told_ends_at or starts_at,
        time_zone=session.time_zone,
        updated_at=session.updated_at,
    )


def _part(
    delivery: Delivery,
    session: LearningSession,
    member: Membership,
    invite: CalendarInvite,
    rsvp: RSVP | None,
) -> tuple[str, bytes]:
    person: dict[str, Any] = {"address": member.user.email, "name": member.user.name}
    now = timezone.now()
    if delivery.params["method"] == invites.CANCEL:
        return "CANCEL", calendar.cancellation(session, invite, now, **person)
    return "REQUEST", calendar.request(session, invite, rsvp, now, **person)


def sample(delivery: Delivery) -> Mail:
    session, member = invented.session(), samples.reader_of(delivery)
    delivery.params = {"method": invites.REQUEST, "sequence": 0}
    return _mail(delivery, session, member, CalendarInvite(session=session, member=member), None)


def note_told(deliveries: Sequence[Delivery]) -> None:
    """Calendars have (or may have) it: what each knows now, unless it knows better already."""
    for delivery in deliveries:
        _note_told(delivery)


def _note_told(delivery: Delivery) -> None:
    params = delivery.params
    is_cancel = params["method"] == invites.CANCEL
    known = CalendarInvite.objects.filter(
        session=delivery.target_pk,
        member=delivery.recipient_id,
        told_sequence__lte=params["sequence"],
    )
    times = (
        {}
        if is_cancel
        else {
            "told_starts_at": datetime.fromisoformat(params["starts"]),
            "told_ends_at": datetime.fromisoformat(params["ends"]),
        }
    )
    known.update(
        told=Told.CANCEL if is_cancel else Told.REQUEST, told_sequence=params["sequence"], **times
    )


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """What the bell says of a session that is new, moved, called off or on again; one query."""
    pks = {int(entry.group.partition(":")[2]) for entry in entries}
    sessions = LearningSession.objects.select_related("cohort").in_bulk(pks)
    lines = {}
    for entry in entries:
        session = sessions.get(int(entry.group.partition(":")[2]))
        if session and not session.is_draft and session.is_visible_to(entry.member):
            lines[entry.pk] = _line(session, entry)
    return lines


def _line(session: LearningSession, entry: Entry) -> Line:
    if session.is_cancelled:
        words = _("“%(title)s” does not take place")
    elif entry.items and max(entry.items) > 1:
        words = _("“%(title)s” has changed")
    else:
        words = _("New session: “%(title)s”")
    zone = ZoneInfo(entry.member.user.time_zone)
    return Line(
        title=words % {"title": session.title},
        url=session.get_absolute_url(),
        detail=when_text(session.starts_at, "full", zone),
        icon="calendar-days",
    )


def register() -> None:
    reasons.WORDS.update(REASONS)
    registry.register_topic(
        Topic(
            INVITATIONS_TOPIC,
            gettext_lazy("Invitations to sessions"),
            gettext_lazy(
                "A mail that puts each session into your calendar. Without it, sessions you "
                "answered still come, and what changes about them."
            ),
            defaults=frozenset({Way.MAIL}),
            ways=frozenset({Way.MAIL}),
        )
    )
    registry.register_kind(
        # Service mail: a calendar that has a session must hear when it moves.
        Kind(
            CALENDAR,
            gettext_lazy("Session in the calendar"),
            compose,
            describe=describe,
            sample=sample,
            resend_uncertain=True,
            on_settled=note_told,
        )
    )
    registry.register_planner(invites.plan)
