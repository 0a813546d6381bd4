"""Which editions have come due, for whom: a few queries, however many readers there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, Expression, F, Func, OuterRef, Value
from django.db.models.functions import Cast, Concat

from notifications import reach
from notifications.edition.readers import AWAY_AFTER, AWAY_KIND, KIND, edition_readers
from notifications.models import Delivery, Rhythm
from notifications.schedule import Period, Timetable, last_period, next_period

# A beat that was dead this long is made up for; after that, what was missed waits for the next.
CATCH_UP = timedelta(hours=24)
LIVES = timedelta(hours=48)
_DAY = "YYYY-MM-DD"


@dataclass
class Turn:
    """The editions of one local day and rhythm: whose timetables say so, due when."""

    key: str
    rhythm: str
    periods: dict[str, tuple[Timetable, Period]] = field(default_factory=dict)


def plan(now: datetime) -> int:
    """Put the editions into the outbox that have come due and are not there yet."""
    return sum(_plan_turn(turn, now) for turn in _turns(now))


def _turns(now: datetime) -> list[Turn]:
    turns: dict[str, Turn] = {}
    for timetable in timetables():
        period = last_period(timetable, now)
        if period and now - period.due_at < CATCH_UP:
            key = f"dig:{timetable.rhythm}:{period.day.isoformat()}"
            turn = turns.setdefault(key, Turn(key, timetable.rhythm))
            turn.periods[timetable.key] = timetable, period
    return list(turns.values())


def timetables() -> list[Timetable]:
    """Every way in which somebody's hours are set."""
    rows = edition_readers().exclude(rhythm=Rhythm.NEVER).order_by()
    chosen = rows.values_list("user__time_zone", "rhythm", "weekday", "hour").distinct()
    return [Timetable(*row) for row in chosen]


def _plan_turn(turn: Turn, now: datetime) -> int:
    editions: dict[datetime, list[Any]] = defaultdict(list)
    notices: dict[str, list[Any]] = defaultdict(list)
    for member in _unplanned(turn):
        timetable, period = turn.periods[member.timetable]
        # Who had arrived and chosen by then: nobody gets an edition for an hour long gone.
        if max(member.arrived_at, member.set_at or member.arrived_at) > period.due_at:
            continue
        if member.last_seen_at and member.last_seen_at < now - AWAY_AFTER:
            notices[member.here_on].append(member)
        else:
            editions[_expiry(timetable, now)].append(member)
    for day, members in notices.items():
        reach.tell(AWAY_KIND, members, dedupe_key=f"dig:away:{day}", not_before=now)
    return sum(
        reach.tell(
            KIND,
            members,
            dedupe_key=turn.key,
            params={"rhythm": turn.rhythm},
            not_before=now,
            expires_at=expiry,
        )
        for expiry, members in editions.items()
    )


def _unplanned(turn: Turn) -> Iterable[Any]:
    """Those of a turn for whom there is no edition, nor word that theirs have stopped.

    By cohort, so that those who are told the same stand together in the outbox.
    """
    here_on = Func(F("last_seen_at"), Value(_DAY), function="to_char", output_field=CharField())
    return (
        edition_readers()
        .filter(timetable__in=turn.periods)
        .annotate(here_on=here_on)
        .filter(
            ~_exists(Value(turn.key)),
            ~_exists(Concat(Value("dig:away:"), OuterRef("here_on"), output_field=CharField())),
        )
        .only("pk", "cohort_id", "last_seen_at")
        .order_by("cohort_id", "pk")
        .iterator(chunk_size=2_000)
    )


def _exists(key: Expression) -> Exists:
    whose = Concat(key, Value(":"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    return Exists(Delivery.objects.filter(dedupe_key=whose))


def _expiry(timetable: Timetable, now: datetime) -> datetime:
    following = next_period(timetable, now)
    return min(now + LIVES, following.due_at if following else now + LIVES)
