"""Planning the year: sessions come into being, move, are called off and come back."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort import richtext
from cohort.models import Cohort, Theme
from cohort.zones import to_utc
from resources.models import Resource
from sessions import live, notices
from sessions.models import LearningSession, Room
from sessions.services import invites
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.answers import promote_waiting

Status = LearningSession.Status
TIME_FIELDS = ("local_date", "local_time", "local_fold", "time_zone", "minutes")


def instants(
    *, local_date: date, local_time: time, time_zone: str, minutes: int, fold: int | None = None
) -> tuple[datetime, datetime]:
    """Start and end in UTC of a wall time. Raises NoSuchTime and AmbiguousTime (cohort.zones)."""
    start = to_utc(local_date, local_time, time_zone, fold=fold)
    return start, start + timedelta(minutes=minutes)


@transaction.atomic
def plan_session(
    *,
    cohort: Cohort,
    themes: Iterable[Theme] = (),
    resources: Iterable[Resource] = (),
    agenda: Sequence[AgendaPart] = (),
    tasks: Sequence[str] = (),
    description: str = "",
    form_key: uuid.UUID | None = None,
    publish: bool = True,
    tell: bool = True,
    **fields: Any,
) -> LearningSession:
    """Put a session into the year, with its room. The same `form_key` again gives the first one.

    The description is HTML of whatever origin. Of many at once nobody should hear one by one:
    without `tell` they come into calendars, and are told of, when they are near.
    """
    if form_key:
        # Two of the same form at once: the second waits here and then finds the first.
        Cohort.objects.select_for_update().get(pk=cohort.pk)
        if twin := LearningSession.objects.filter(form_key=form_key, cohort=cohort).first():
            return twin
    session = LearningSession(
        cohort=cohort,
        form_key=form_key,
        status=Status.SCHEDULED if publish else Status.DRAFT,
        **fields,
    )
    _describe(session, description)
    _compute(session)
    session.save()
    Room.objects.create(session=session)
    session.themes.set(list(themes))
    session.resources.set(resources)
    set_agenda(session, agenda)
    set_tasks(session, tasks)
    if publish and tell:
        _tell(session)
    return session


@transaction.atomic
def change_session(
    *,
    session: LearningSession,
    themes: Iterable[Theme] | None = None,
    resources: Iterable[Resource] | None = None,
    agenda: Sequence[AgendaPart] | None = None,
    tasks: Sequence[str] | None = None,
    description: str | None = None,
    tell: bool = True,
    **fields: Any,
) -> LearningSession:
    """Change what is given. A new time makes planned reminders stale, and is told to everybody."""
    session = _locked(session)
    before = _schedule(session)
    place = session.place
    for name, value in fields.items():
        setattr(session, name, value)
    if description is not None:
        _describe(session, description)
    _compute(session)
    moved = not session.is_draft and _schedule(session) != before
    # RFC 5546 §2.1.4: time and place matter to calendars, words do not.
    matters = moved or (not session.is_draft and session.place != place)
    session.schedule_version += moved
    session.ics_sequence += matters
    _save(session)
    if themes is not None:
        session.themes.set(list(themes))
    if resources is not None:
        session.resources.set(resources)
    if agenda is not None:
        set_agenda(session, agenda)
    if tasks is not None:
        set_tasks(session, tasks)
    promote_waiting(session)
    if matters and tell:
        _tell(session)
    return session


@transaction.atomic
def publish_session(*, session: LearningSession) -> None:
    session = _locked(session)
    if session.is_draft:
        _become(session, Status.SCHEDULED)


@transaction.atomic
def cancel_session(*, session: LearningSession, reason: str = "") -> None:
    """Call it off. It stays in everybody's year with the reason, and nobody is reminded."""
    session = _locked(session)
    if session.status == Status.SCHEDULED:
        session.ics_sequence += 1
        session.cancel_reason = reason
        _become(session, Status.CANCELLED)


@transaction.atomic
def bring_back_session(*, session: LearningSession) -> None:
    """Undo a cancellation, with the answers that were given before it."""
    session = _locked(session)
    if session.is_cancelled:
        session.ics_sequence += 1
        session.cancel_reason = ""
        _become(session, Status.SCHEDULED)


def _locked(session: LearningSession) -> LearningSession:
    return LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _describe(session: LearningSession, html: str) -> None:
    session.description = richtext.sanitize(html)
    session.description_text = richtext.to_text(session.description)


def _compute(session: LearningSession) -> None:
    session.starts_at, session.ends_at = instants(
        local_date=session.local_date,
        local_time=session.local_time,
        time_zone=session.time_zone,
        minutes=session.minutes,
        fold=session.local_fold,
    )


def _schedule(session: LearningSession) -> tuple[datetime, datetime]:
    return session.starts_at, session.ends_at


def _become(session: LearningSession, status: LearningSession.Status) -> None:
    session.status = status
    session.schedule_version += 1
    _save(session)
    _tell(session)


def _tell(session: LearningSession) -> None:
    """Calendars and bells of everybody it is for; nobody of what is over."""
    if not session.is_over:
        notices.schedule_changed(session)
        invites.bring_up_to_date(session)


def _save(session: LearningSession) -> None:
    session.updated_at = timezone.now()
    session.save()
    transaction.on_commit(partial(live.room_changed, session.pk))
