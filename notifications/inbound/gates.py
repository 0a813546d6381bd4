"""The gates, in their order: size and form, seen before, report, program, address, sender, member,
permission, rate, words. What fails one is refused, held or left alone, each with its reason.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from cohort.mails.parts import Limits, bytes_of, decoded, files_of, leaves, name_of
from cohort.models import Membership
from notifications import registry, reply_addresses, services
from notifications.inbound import bounces, mailboxes, robots, senders
from notifications.inbound.letters import Letter, Unreadable
from notifications.inbound.outcomes import OUTCOMES
from notifications.inbound.words import read_words
from notifications.models import InboundMail, InboundMailQuerySet, ReplyAddress
from notifications.registry import Answer, CalendarAnswer, Held, NotTaken, Posted, ReplyHandler

HOUR = timedelta(hours=1)
MOST_OF_A_USER = 10
MOST_IN_A_THING = 60
# Kept as drafts for one member within an hour: whoever got hold of an address fills no more.
MOST_HELD = 10
FILES = Limits(5, 10 * 1024 * 1024)
_NAMESPACE = uuid.UUID("0b2f7a1e-5f0c-4a0e-9a53-1c6c2f6b0f4d")
State = InboundMail.State


@dataclass(frozen=True)
class Ruling:
    """What becomes of a mail; `words` say why where the reason has none for its sender."""

    reason: str  # of `OUTCOMES`
    url: str = ""
    words: Any = ""


def judge(mail: InboundMail, letter: Letter) -> Ruling:
    """Lead one mail through the gates; notes on it whom and what it is about."""
    if mail.size > settings.INBOUND_MAX_BYTES:
        return Ruling("too-large")
    try:
        is_report = bounces.is_report(letter)
    except Unreadable:
        return Ruling("unreadable")
    if is_report:
        return Ruling("bounce" if bounces.note(letter) else "report")
    if mail.mailbox == mailboxes.UNSUBSCRIBE:
        return _unsubscribe(mail)
    if calendar := _calendar(mail, letter):
        return _to_calendar(letter, calendar, mail)
    if robots.is_automatic(letter, mail.envelope.get("sender")):
        return Ruling("automatic")
    if mail.mailbox != mailboxes.REPLY:
        return Ruling("no-reply")
    return _answer(mail, letter)


def whom_to_tell(mail: InboundMail, letter: Letter) -> str:
    """Who hears of a refusal: an address proven, or known, to have written; never a program."""
    if robots.is_automatic(letter, mail.envelope.get("sender")):
        return ""
    is_known = mail.member is not None and _is_of(mail.member, letter.author)
    return letter.author if is_known or _is_proven(mail, letter) else ""


# ------------------------------------------------------------------------ an answer


def _answer(mail: InboundMail, letter: Letter) -> Ruling:
    address = reply_addresses.find(mail.digest)
    if address is None:
        return Ruling("unknown")
    member = address.member
    mail.member, mail.cohort = member, member.cohort
    mail.handler, mail.target_pk = address.handler, address.target_pk
    handler = registry.reply_handlers.get(address.handler)
    if not member.is_active:
        return Ruling("left")
    if handler is None or not reply_addresses.stands(address):
        return Ruling("ended")
    doubt = "" if _is_of(member, letter.author) and _is_proven(mail, letter) else "sender"
    if why := handler.refusal(member, address.target_pk):
        return Ruling("not-allowed", words=why)
    if _holds_too_many(member):
        return Ruling("flood")
    doubt = doubt or ("often" if _is_too_often(member, address) else "")
    return _hand_over(mail, letter, address, doubt)


def _holds_too_many(member: Membership) -> bool:
    return _lately().filter(member=member, state=State.HELD).count() >= MOST_HELD


def _is_too_often(member: Membership, address: ReplyAddress) -> bool:
    posted = _lately().filter(reason="posted")
    there = posted.filter(handler=address.handler, target_pk=address.target_pk)
    of_user = posted.filter(member__user=member.user)
    return of_user.count() >= MOST_OF_A_USER or there.count() >= MOST_IN_A_THING


def _lately() -> InboundMailQuerySet:
    return InboundMail.objects.filter(settled_at__gte=timezone.now() - HOUR)


def _hand_over(mail: InboundMail, letter: Letter, address: ReplyAddress, doubt: str) -> Ruling:
    parts = list(leaves(letter.message))
    words, files = read_words(parts), files_of(parts, FILES)
    try:
        if words.is_empty and not files.kept:
            return Ruling("empty")
        mail.elided, mail.notes = words.elided, [note[:300] for note in files.notes[:20]]
        answer = Answer(
            key=uuid.uuid5(_NAMESPACE, mail.key),
            member=address.member,
            target_pk=address.target_pk,
            body=words.body,
            is_html=words.is_html,
            files=files.kept,
            answered=letter.answered,
            sender=letter.author,
        )
        is_sure = words.is_sure or words.is_empty
        handler = registry.reply_handlers[address.handler]
        return _ruled(handler, answer, doubt or ("" if is_sure else "unsure"))
    finally:
        files.discard()


def _ruled(handler: ReplyHandler, answer: Answer, doubt: str) -> Ruling:
    reception = handler.hold(answer, OUTCOMES[doubt].label) if doubt else handler.post(answer)
    match reception:
        case Posted(url):
            return Ruling("posted", url)
        case Held(url):
            return Ruling(doubt or "changed", url)
        case NotTaken(why):
            return Ruling("not-allowed", words=why)


# ------------------------------------------------------------------------ who wrote


def _is_of(member: Membership, address: str) -> bool:
    """Whether an address is one that the member has shown to be theirs."""
    if not address:
        return False
    verified = EmailAddress.objects.filter(user=member.user, verified=True, email__iexact=address)
    return address == member.user.email or verified.exists()


def _is_proven(mail: InboundMail, letter: Letter) -> bool:
    return senders.is_proven(letter, str(mail.envelope.get("verdict") or ""))


# ------------------------------------------------------------------------ what is no answer


def _unsubscribe(mail: InboundMail) -> Ruling:
    """Whoever holds the mail may stop it, as by its link; no program is told anything."""
    topic = str(mail.envelope.get("topic", ""))
    if mail.member is None or topic not in registry.topics:
        return Ruling("unsubscribe-unknown")
    mail.cohort = mail.member.cohort
    services.switch_off(member=mail.member, topic=topic)
    return Ruling("unsubscribed")


def _calendar(mail: InboundMail, letter: Letter) -> tuple[str, bytes] | None:
    """The calendar object of a mail to an organizer's address, with its method."""
    if mail.mailbox not in (mailboxes.CALENDAR, mailboxes.SENDER):
        return None
    for part in letter.message.walk():
        is_calendar = part.get_content_type() in ("text/calendar", "application/ics")
        if is_calendar or name_of(part).lower().endswith(".ics"):
            method = str(part.get_param("method", "") or "").upper()
            return method or _method_in(decoded(part)), bytes_of(part)
    return None


def _method_in(calendar: str) -> str:
    lines = (line.strip().upper() for line in calendar[:5000].split("\n"))
    return next((line[7:] for line in lines if line.startswith("METHOD:")), "")


def _to_calendar(letter: Letter, calendar: tuple[str, bytes], mail: InboundMail) -> Ruling:
    """Calendar programs answer by themselves: no gate against programs holds for them."""
    method, content = calendar
    answer = CalendarAnswer(method, content, letter.author, _is_proven(mail, letter))
    for handler in registry.calendar_handlers:
        reception = handler(answer)
        if isinstance(reception, Posted):
            return Ruling("calendar", reception.url)
        mail.notes.append(str(reception.why)[:300])
    return Ruling("calendar-not-taken")
