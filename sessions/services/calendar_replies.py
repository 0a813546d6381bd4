"""Answers that people give in their calendars, which come back by mail (RFC 5546 §3.2.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Component

from cohort.addresses import canonical_address
from cohort.models import Membership
from sessions import notices
from sessions.calendar.events import one_line
from sessions.models import RSVP, CalendarInvite, LearningSession
from sessions.services import answers

LARGEST = 256 * 1024
MOST_EVENTS = 10
NOTE_LIMIT = 300
# As far apart may people's clocks and ours be.
CLOCKS = timedelta(minutes=5)
ANSWERS = {
    "ACCEPTED": RSVP.Answer.YES,
    "TENTATIVE": RSVP.Answer.MAYBE,
    "DECLINED": RSVP.Answer.NO,
}
Told = CalendarInvite.Told


@dataclass(frozen=True)
class Reply:
    """One calendar's answer: to which invitation, whose, of which version, and when."""

    uid: str
    addresses: frozenset[str]
    sequence: int
    stamp: datetime
    answer: str
    comment: str


@dataclass(frozen=True)
class Outcome:
    """What became of a reply, in words for the log of what came in."""

    is_kept: bool
    words: Any


NOT_A_REPLY = Outcome(False, _("It holds no answer that we understand"))
UNKNOWN = Outcome(False, _("It answers no invitation of ours"))
NOT_THEIRS = Outcome(False, _("It answers for somebody else than was invited"))
STALE = Outcome(False, _("A newer invitation or answer is there already"))
CLOSED = Outcome(False, _("The session takes no answers any more"))
KEPT = Outcome(True, _("The answer was kept"))


def take_replies(content: bytes) -> list[Outcome]:
    """Keep the answers of a calendar object that came by mail; never raises for what it holds.

    Whoever holds the UID is who was invited by it: it is random and was told to them alone. The
    sender of the mail proves nothing and is not asked.
    """
    replies = list(_read(content))
    return [_take(reply) for reply in replies] or [NOT_A_REPLY]


def _read(content: bytes) -> Iterator[Reply]:
    if len(content) > LARGEST:
        return
    try:
        # The database takes no NUL, and no calendar has one.
        calendar = Calendar.from_ical(content.replace(b"\0", b""))
    except Exception:  # whatever a parser meets in others' text
        return
    if str(calendar.get("METHOD", "")).upper() != "REPLY":
        return
    for event in calendar.walk("VEVENT")[:MOST_EVENTS]:
        if reply := _reply(event):
            yield reply


def _reply(event: Component) -> Reply | None:
    """What an event answers; None where it lacks what an answer has, or has it in odd shapes."""
    try:
        return _understood(event)
    except Exception:  # whatever a property of no known shape does
        return None


def _understood(event: Component) -> Reply | None:
    found = event.get("ATTENDEE", [])
    guests = found if isinstance(found, list) else [found]
    stamp = _moment(event.decoded("DTSTAMP"))
    if len(guests) != 1 or stamp is None:
        return None
    answer = ANSWERS.get(str(guests[0].params.get("PARTSTAT", "")).upper())
    if answer is None:
        return None
    return Reply(
        uid=str(event["UID"]).strip()[:200],
        addresses=frozenset(_addresses(guests[0])),
        sequence=int(event.get("SEQUENCE", 0)),
        stamp=stamp,
        answer=answer,
        comment=one_line(str(event.get("COMMENT", "")))[:NOTE_LIMIT],
    )


def _moment(value: date | datetime) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _addresses(guest: Any) -> Iterator[str]:
    """Who answers; Apple's calendars name a place of theirs, and the address beside it (RFC 7986
    §6.2).
    """
    for value in (str(guest), str(guest.params.get("EMAIL", ""))):
        address = value.strip()
        yield canonical_address(address[7:] if address.lower().startswith("mailto:") else address)


@transaction.atomic
def _take(reply: Reply) -> Outcome:
    known = CalendarInvite.objects.filter(uid=reply.uid).values_list("session", flat=True).first()
    if known is None:
        return UNKNOWN
    # The session's row first, as everywhere: whoever answers at the same time waits here.
    session = LearningSession.objects.select_for_update().get(pk=known)
    invite = CalendarInvite.objects.select_for_update().get(uid=reply.uid)
    member = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "cohort", "team")
        .filter(pk=invite.member_id)
        .first()
    )
    if member is None:
        return CLOSED
    if not reply.addresses & _addresses_of(member):
        return NOT_THEIRS
    return STALE if _is_stale(reply, session, invite) else _keep(reply, session, invite, member)


def _is_stale(reply: Reply, session: LearningSession, invite: CalendarInvite) -> bool:
    """Whether something newer was said, to them or by them (RFC 5546 §2.1.5)."""
    if reply.sequence < invite.told_sequence:
        return True
    if invite.replied_at and reply.stamp <= invite.replied_at:
        return True
    mine = session.rsvps.filter(member=invite.member_id, answered_at__gt=reply.stamp + CLOCKS)
    return mine.exists()


def _addresses_of(member: Membership) -> set[str]:
    verified = EmailAddress.objects.filter(user=member.user, verified=True)
    return {
        canonical_address(address) for address in [*verified.values_list("email", flat=True)]
    } | {canonical_address(member.user.email)}


def _keep(
    reply: Reply, session: LearningSession, invite: CalendarInvite, member: Membership
) -> Outcome:
    try:
        rsvp = answers.answer(
            session=session,
            member=member,
            answer=reply.answer,
            note=reply.comment or None,
            tell_calendar=False,
        )
    except answers.NotOpen:
        return CLOSED
    says_no = reply.answer == RSVP.Answer.NO
    invite.told = Told.DECLINED if says_no else Told.REQUEST
    invite.planned = "declined" if says_no else f"request:{session.ics_sequence}"
    # A clock that runs far ahead must not keep later answers out.
    invite.replied_at = min(reply.stamp, timezone.now() + CLOCKS)
    invite.save(update_fields=["told", "planned", "replied_at"])
    if rsvp.waitlisted_at:
        notices.has_to_wait(session, member)
    return KEPT
