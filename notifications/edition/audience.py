"""Who will get a week's editions and when, and who will not, for whoever writes the note."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from cohort.models import Cohort
from notifications import reasons
from notifications.edition.readers import AWAY_AFTER, edition_readers
from notifications.models import EditionNote, Rhythm, Suppression
from notifications.models.notes import week_of
from notifications.schedule import DAY, Timetable, hour_on, next_period

AWAY, HAD_THEIRS = "away", "had-theirs"


@dataclass(frozen=True)
class Sending:
    """How many get their edition at a local day and hour, and what their clock says then."""

    wall: datetime  # without a zone: 7:00 is 7:00 everywhere
    people: int


@dataclass(frozen=True)
class WeekAudience:
    sendings: list[Sending]
    left_out: Mapping[str, int]  # by reason, as `reasons.words` tells it

    @property
    def people(self) -> int:
        return sum(sending.people for sending in self.sendings)


def audience_of(cohort: Cohort, week: date, now: datetime) -> WeekAudience:
    """The cohort by when each would first get an edition of that week, in one query."""
    times: Counter[datetime] = Counter()
    left_out: Counter[str] = Counter()
    suppressed = Suppression.objects.filter(address=OuterRef("user__email"))
    members = edition_readers().filter(cohort=cohort).annotate(refuses=Exists(suppressed))
    for member in members.select_related("user", "mail_choices"):
        reason, wall = _when(member, week, now)
        if wall:
            times[wall] += 1
        else:
            left_out[reason] += 1
    return WeekAudience(
        sendings=[Sending(wall, people) for wall, people in sorted(times.items())],
        left_out={reasons.words(reason): n for reason, n in left_out.most_common()},
    )


def _when(member: Any, week: date, now: datetime) -> tuple[str, datetime | None]:
    zone = member.user.time_zone
    timetable = Timetable(zone, member.rhythm, member.weekday, member.hour)
    if member.rhythm == Rhythm.NEVER:
        return reasons.SWITCHED_OFF, None
    if member.refuses:
        return reasons.SUPPRESSED, None
    # What is due in the very first hour of the week is not missed.
    begins = hour_on(week, 0, zone) - timedelta(seconds=1)
    period = next_period(timetable, max(now, begins))
    if period is None or not week <= period.day < week + 7 * DAY:
        return HAD_THEIRS, None
    if member.last_seen_at and member.last_seen_at < period.due_at - AWAY_AFTER:
        return AWAY, None
    choices = getattr(member, "mail_choices", None)
    if choices and choices.is_paused_on(period.day):
        return reasons.PAUSED, None
    return "", period.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def coming_week(cohort: Cohort, now: datetime) -> date:
    """The week of the next editions that most people get: a note for it reaches everybody."""
    today = now.astimezone(ZoneInfo(cohort.time_zone)).date()
    week = week_of(today)
    main = hour_on(week, EditionNote.MAIN_HOUR, cohort.time_zone)
    return week if now < main else week + 7 * DAY
