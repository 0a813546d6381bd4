"""The edition: what is new in the cohort, by mail, at the hour each member chose.

Each member has a mark: everything older was in an edition already. An edition covers the window
from the mark to its own planning and moves the mark there when it was sent, so that a missed one
folds into the next, and nothing is told twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from cohort.templatetags.cohort import when_text
from notifications import reach, reasons, registry, wishes
from notifications.models import Choices, Delivery, Rhythm
from notifications.registry import (
    EDITION,
    Kind,
    Mail,
    Outcome,
    Reader,
    SectionPart,
    Skip,
    Topic,
)
from notifications.rendering import absolute, render_mail
from notifications.schedule import DAY, Period, Timetable, last_period, next_period

KIND = "notifications.edition"
# A beat that was dead this long is made up for; after that, what was missed waits for the next.
CATCH_UP = timedelta(hours=24)
LIVES = timedelta(hours=48)
# A post is stamped before its transaction commits: what is younger waits for the next edition.
SETTLED_AFTER = timedelta(seconds=60)
FIRST_WINDOW = {Rhythm.WEEKLY: timedelta(days=7), Rhythm.DAILY: DAY}
ITEMS_PER_SECTION = 10
SUBJECT_ROOM = 110

Row = dict[str, Any]


def plan(now: datetime) -> int:
    """Put the editions into the outbox that have come due and are not there yet."""
    return sum(
        _plan_period(timetable, period, now)
        for timetable in _timetables()
        if (period := last_period(timetable, now)) and now - period.due_at < CATCH_UP
    )


def _plan_period(timetable: Timetable, period: Period, now: datetime) -> int:
    key = f"dig:{timetable.rhythm}:{period.day.isoformat()}"
    planned = Delivery.objects.filter(
        dedupe_key=Concat(
            Value(f"{key}:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()
        )
    )
    # Who had arrived and chosen by then: nobody gets an edition for an hour long gone.
    due = _readers().filter(
        ~Exists(planned),
        Q(set_at=None) | Q(set_at__lte=period.due_at),
        arrived_at__lte=period.due_at,
        user__time_zone=timetable.time_zone,
        rhythm=timetable.rhythm,
        hour=timetable.hour,
        weekday=timetable.weekday,
    )
    following = next_period(timetable, now)
    return reach.tell(
        KIND,
        due.only("pk", "cohort_id"),
        dedupe_key=key,
        params={"rhythm": timetable.rhythm},
        not_before=now,
        expires_at=min(now + LIVES, following.due_at if following else now + LIVES),
    )


def _readers() -> QuerySet[Any]:
    """Members of running cohorts who agreed to the norms, with their choices or the defaults."""
    weekly = Choices()
    return (
        Membership.objects.active()
        .agreed()
        .filter(cohort__archived_at=None)
        .annotate(
            rhythm=Coalesce("mail_choices__edition", Value(str(weekly.edition))),
            weekday=Coalesce("mail_choices__edition_weekday", Value(weekly.edition_weekday)),
            hour=Coalesce("mail_choices__edition_hour", Value(weekly.edition_hour)),
            set_at=F("mail_choices__edition_set_at"),
            arrived_at=Coalesce("norms_agreed_at", "joined_at"),
        )
    )


def _timetables() -> list[Timetable]:
    rows = _readers().exclude(rhythm=Rhythm.NEVER).order_by()
    chosen = rows.values_list("user__time_zone", "rhythm", "weekday", "hour").distinct()
    return [Timetable(*row) for row in chosen]


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    choices = wishes.of_members(d.recipient_id for d in deliveries if d.recipient_id)
    readers = {
        delivery.pk: _reader(delivery, delivery.recipient, choices.get(delivery.recipient.pk))
        for delivery in deliveries
        if delivery.recipient
    }
    parts = _parts(list(readers.values()))
    for delivery in deliveries:
        reader = readers[delivery.pk]
        own_parts = parts[reader.member.pk]
        if any(part.is_news for part in own_parts):
            yield delivery, _mail(delivery, reader, own_parts)
        else:
            yield delivery, Skip(reasons.EMPTY)


def _reader(delivery: Delivery, member: Membership, choices: Choices | None) -> Reader:
    until = cutoff(delivery)
    rhythm = Rhythm(delivery.params.get("rhythm", Rhythm.WEEKLY))
    mark = choices.edition_mark if choices else None
    since = mark or max(member.joined_at, until - FIRST_WINDOW[rhythm])
    return Reader(member, min(since, until), until)


def cutoff(delivery: Delivery) -> datetime:
    """Where the window of an edition ends; fixed when it was planned, however often it is tried."""
    return delivery.created_at - SETTLED_AFTER


def _parts(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    parts: dict[int, list[SectionPart]] = defaultdict(list)
    for section in registry.sections():
        for member_pk, part in section(readers).items():
            parts[member_pk].append(_cut(part))
    return parts


def _cut(part: SectionPart) -> SectionPart:
    """No more than people read, and Gmail shows; the rest is a link away."""
    left_out = len(part.items) - ITEMS_PER_SECTION
    if left_out <= 0:
        return part
    more = part.more or ngettext("and %(n)d more", "and %(n)d more", left_out) % {"n": left_out}
    return replace(part, items=part.items[:ITEMS_PER_SECTION], more=more)


def _mail(delivery: Delivery, reader: Reader, parts: Sequence[SectionPart]) -> Mail:
    is_daily = delivery.params.get("rhythm") == Rhythm.DAILY
    cohort = reader.member.cohort
    opening = _("Today in %s") if is_daily else _("This week in %s")
    highlights = [
        words for part in parts if part.is_news for words in map(str, part.highlights) if words
    ]
    opening = opening % cohort.name
    subject, told = _subject(opening, highlights)
    return render_mail(
        delivery,
        "mail/edition",
        subject=subject,
        preheader=" · ".join(highlights[told:][:4]),
        why=_why(reader.member, is_daily),
        sender="digest",
        context={
            "heading": opening,
            "window": _window(reader),
            "reader": reader,
            "parts": parts,
            "home_url": absolute(reverse("home:home", args=[cohort.slug])),
        },
    )


def _window(reader: Reader) -> str:
    """The days it covers, in the reader's own zone."""
    zone = ZoneInfo(reader.member.user.time_zone)
    first, last = when_text(reader.since, "day", zone), when_text(reader.until, "date", zone)
    return f"{first} – {last}"


def _subject(opening: str, highlights: Sequence[str]) -> tuple[str, int]:
    """As many highlights as a subject line holds, and how many those are."""
    told = 0
    subject = opening
    for words in highlights:
        longer = f"{subject}{', ' if told else ': '}{words}"
        if len(longer) > SUBJECT_ROOM and told:
            break
        subject = longer
        told += 1
    return subject, told


def _why(member: Membership, is_daily: bool) -> str:
    if is_daily:
        why = _("You get this every day there is news, as a member of %s.")
    else:
        why = _("You get this once a week, if there is news, as a member of %s.")
    no_reply = _("Nobody reads replies to this mail: answer where the discussion is.")
    return f"{why % member.cohort.name} {no_reply}"


def move_mark(delivery: Delivery) -> None:
    """Everything up to this edition has been told; called when it is sent or may have been."""
    mark = cutoff(delivery)
    moved = Choices.objects.filter(pk=delivery.recipient_id).update(
        edition_mark=Greatest("edition_mark", Value(mark))
    )
    if not moved and delivery.recipient:
        Choices.objects.bulk_create(
            [Choices(member=delivery.recipient, edition_mark=mark)], ignore_conflicts=True
        )


TOPIC = Topic(
    EDITION,
    gettext_lazy("The edition"),
    gettext_lazy("What is new in the cohort: discussions, the library and the next session."),
)
MAIL_KIND = Kind(
    KIND,
    gettext_lazy("Edition"),
    compose,
    topic=EDITION,
    on_settled=move_mark,
    lives=LIVES,
    is_bulk=True,
)


def register() -> None:
    registry.register_topic(TOPIC)
    registry.register_kind(MAIL_KIND)
    registry.register_planner(plan)
