"""Reminders before a session: computed when they are due, from the session as it is then.

Each cohort says how long before, and whom (`ReminderRule`). A row of the outbox carries the
session's `schedule_version`, so that what was planned for an older time is not sent for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Cohort, Membership
from cohort.models.year import MembershipQuerySet
from cohort.templatetags.cohort import until, when_text
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry, Way
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from sessions import answering, invented, notices, queries
from sessions.models import RSVP, LearningSession, ReminderRule
from sessions.models.reminders import DEFAULTS
from sessions.notices import SEAT
from sessions.notices import WAITS as WAITING
from sessions.permissions import can_join

Audience = ReminderRule.Audience
KIND = "sessions.reminder"
TOPIC = "reminders"
# After this much of the time that was left, or this long, a reminder is of no use any more.
LATEST = timedelta(hours=3)
# A reminder this long before may come the evening before; a shorter one must not move.
CAN_COME_EARLIER = timedelta(hours=6)
NIGHT_BEGINS, NIGHT_ENDS, EVENING = time(22), time(7), time(20)
LONGEST_SHIFT = timedelta(hours=12)

CANCELLED, MOVED, ANSWERED_NO, ANSWERED, UNANSWERED, WAITS, JOINED_LATE = (
    "session-cancelled",
    "session-moved",
    "answered-no",
    "answered",
    "unanswered",
    "on-waiting-list",
    "joined-late",
)
REASONS = {
    CANCELLED: gettext_lazy("The session was called off"),
    MOVED: gettext_lazy("The session was moved; another reminder is for its new time"),
    ANSWERED_NO: gettext_lazy("Said that they do not come"),
    ANSWERED: gettext_lazy("Has answered; it was for those who have not"),
    UNANSWERED: gettext_lazy("Has not answered; it was for those who said yes or maybe"),
    WAITS: gettext_lazy("Is on the waiting list"),
    JOINED_LATE: gettext_lazy("Answered, or joined, after this reminder was due"),
}


def plan(now: datetime) -> int:
    """Put the reminders that have come due into the outbox; those it is too late for as well,
    so that the log says why they were not sent.
    """
    rules = defaultdict(list)
    for rule in ReminderRule.objects.filter(cohort__archived_at=None):
        rules[rule.cohort_id].append(rule)
    longest = max((r.minutes for found in rules.values() for r in found), default=0)
    sessions = LearningSession.objects.standing().filter(
        starts_at__gt=now,
        starts_at__lte=now + timedelta(minutes=longest) + LONGEST_SHIFT,
        cohort__in=rules,
    )
    return sum(
        _plan_rule(session, rule, now)
        for session in sessions.select_related("cohort")
        for rule in rules[session.cohort_id]
        if session.starts_at - _offset(rule) - LONGEST_SHIFT <= now
    )


def _offset(rule: ReminderRule) -> timedelta:
    return timedelta(minutes=rule.minutes)


def _plan_rule(session: LearningSession, rule: ReminderRule, now: datetime) -> int:
    offset = _offset(rule)
    key = f"rem:{session.pk}:{rule.minutes}:{rule.audience}:{session.schedule_version}"
    planned = Delivery.objects.filter(kind=KIND, dedupe_key__startswith=f"{key}:")
    answers = RSVP.objects.filter(session=session, member=OuterRef("pk"))
    readers = (
        _audience(session, rule)
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
                "minutes": rule.minutes,
                "audience": rule.audience,
                "version": session.schedule_version,
                "due": due.isoformat(),
            },
            group=notices.group_of(session),
            items=[rule.minutes] if expiry > now else [],
            not_before=due,
            expires_at=expiry,
        )
        for (due, expiry), people in batches.items()
    )


def _audience(session: LearningSession, rule: ReminderRule) -> MembershipQuerySet:
    """Whom a rule is for, by what they say now."""
    invited = queries.invited(session)
    given = session.rsvps.all()
    if rule.audience == Audience.UNANSWERED:
        return invited.exclude(rsvps__in=given)
    if rule.audience == Audience.COMING:
        return invited.filter(rsvps__in=given.exclude(answer=RSVP.Answer.NO))
    return invited.exclude(rsvps__in=given.filter(answer=RSVP.Answer.NO))


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
    came_at = rsvp.answered_at if rsvp else member.joined_at
    if rsvp and rsvp.answer == RSVP.Answer.NO:
        return ANSWERED_NO
    if rsvp and delivery.params["audience"] == Audience.UNANSWERED:
        return ANSWERED
    if came_at > due:
        return JOINED_LATE
    if rsvp is None and delivery.params["audience"] == Audience.COMING:
        return UNANSWERED
    return WAITS if rsvp and rsvp.waitlisted_at else ""


def _mail(
    delivery: Delivery, session: LearningSession, member: Membership, rsvp: RSVP | None
) -> Mail:
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
        "answers": answering.links(member, session) if rsvp is None else [],
    }


def compose_seat(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """ "A seat came free", unless it was given back or the session is gone meanwhile."""
    yield from _about_seats(deliveries, has_seat=True)


def compose_waits(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """ "All seats are taken", while they still wait for one."""
    yield from _about_seats(deliveries, has_seat=False)


def _about_seats(
    deliveries: Sequence[Delivery], *, has_seat: bool
) -> Iterator[tuple[Delivery, Outcome]]:
    sessions, answers = _batch(deliveries)
    for delivery in deliveries:
        session, member = sessions.get(delivery.target_pk or 0), delivery.recipient
        rsvp = answers.get((session.pk, member.pk)) if session and member else None
        if session is None or member is None or not session.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        elif session.is_cancelled:
            yield delivery, Skip(CANCELLED)
        elif rsvp is None or rsvp.answer != RSVP.Answer.YES or rsvp.has_seat != has_seat:
            yield delivery, Skip(ANSWERED_NO)
        else:
            yield delivery, _seat_mail(delivery, session, member, rsvp)


def _seat_mail(
    delivery: Delivery, session: LearningSession, member: Membership, rsvp: RSVP
) -> Mail:
    subject = _("You have a seat: %(title)s") if rsvp.has_seat else _("Waiting list: %(title)s")
    return render_mail(
        delivery,
        "mail/session_seat",
        subject=subject % {"title": " ".join(session.title.split())},
        why=_("You get this because you said that you come to this session."),
        context=_context(session, member, rsvp),
    )


def sample_reminder(delivery: Delivery) -> Mail:
    return _mail(delivery, invented.session(), samples.reader_of(delivery), None)


def sample_seat(delivery: Delivery, waits_since: datetime | None = None) -> Mail:
    session, member = invented.session(), samples.reader_of(delivery)
    rsvp = RSVP(session=session, member=member, answer=RSVP.Answer.YES, waitlisted_at=waits_since)
    return _seat_mail(delivery, session, member, rsvp)


def sample_waits(delivery: Delivery) -> Mail:
    return sample_seat(delivery, waits_since=timezone.now())


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """What the bell says of a session that is near, or in which one has a seat; one query."""
    pks = {int(entry.group.partition(":")[2]) for entry in entries}
    sessions = LearningSession.objects.standing().select_related("cohort").in_bulk(pks)
    lines = {}
    for entry in entries:
        session = sessions.get(int(entry.group.partition(":")[2]))
        if session and session.is_visible_to(entry.member):
            lines[entry.pk] = _line(session, entry)
    return lines


def _line(session: LearningSession, entry: Entry) -> Line:
    words = _("You have a seat in “%(title)s”") if entry.kind == SEAT else _("Soon: “%(title)s”")
    return Line(
        title=words % {"title": session.title},
        url=session.get_absolute_url(),
        detail=when_text(session.starts_at, "full", ZoneInfo(entry.member.user.time_zone)),
        icon="calendar-clock",
    )


def open_rules(cohort: Cohort) -> None:
    """A new cohort begins with the published rules."""
    ReminderRule.objects.bulk_create(
        [ReminderRule(cohort=cohort, minutes=m, audience=a) for m, a in DEFAULTS]
    )


def register() -> None:
    reasons.WORDS.update(REASONS)
    registry.register_topic(
        Topic(
            TOPIC,
            gettext_lazy("Reminders"),
            gettext_lazy("Before a session you come to, or have not answered yet."),
            defaults=frozenset(Way),
        )
    )
    registry.register_kind(
        Kind(
            KIND,
            gettext_lazy("Session reminder"),
            compose,
            topic=TOPIC,
            describe=describe,
            sample=sample_reminder,
            lives=LATEST,
            is_of_use_late=False,
        )
    )
    registry.register_kind(
        Kind(
            SEAT,
            gettext_lazy("A seat came free"),
            compose_seat,
            describe=describe,
            sample=sample_seat,
        )
    )
    registry.register_kind(
        Kind(WAITING, gettext_lazy("On the waiting list"), compose_waits, sample=sample_waits)
    )
    registry.register_planner(plan)
