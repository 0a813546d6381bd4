"""When a country changes its clocks: what was promised is the wall time, so the instant follows."""

import logging
from datetime import datetime
from functools import cache

from django.utils import timezone

from cohort.zones import NoSuchTime
from sessions.models import LearningSession
from sessions.services.planning import change_session, instants

logger = logging.getLogger(__name__)


def keep_wall_times(now: datetime) -> int:
    """Put sessions ahead where their zones' rules say now; calendars and people hear of it.

    Says how many moved. A wall time that the new rules skip stays as it is, for hosts to choose
    another, and is told in the log.
    """
    return sum(_keep(session) for session in LearningSession.objects.ahead(now))


def _keep(session: LearningSession) -> bool:
    try:
        start, end = instants(
            local_date=session.local_date,
            local_time=session.local_time,
            time_zone=session.time_zone,
            minutes=session.minutes,
            fold=session.local_fold,
        )
    except NoSuchTime:
        logger.warning("The clocks skip the time of session %s now.", session.pk)
        return False
    if (start, end) == (session.starts_at, session.ends_at):
        return False
    change_session(session=session)
    return True


def plan(_now: datetime) -> int:
    """A planner that plans no mail itself."""
    _look_once()
    return 0


@cache
def _look_once() -> None:
    """Once in a process: new rules come with a release, in the package of time zones."""
    keep_wall_times(timezone.now())
