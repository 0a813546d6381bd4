"""A session that was held, what was said there, and its close-out."""

from datetime import timedelta

import pytest

from sessions.services import closing
from sessions.services.attendance import mark_attendance
from tests.factories import SessionFactory, SpaceFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(hours=-3), title="Trust")


@pytest.fixture
def commons(cohort):
    return SpaceFactory(cohort=cohort, slug="commons", name="Commons")


@pytest.fixture
def closed(session, cast):
    mark_attendance(session=session, members=[cast.mia, cast.theo], mark="attended", by=cast.fay)
    closing.keep_record(
        session=session,
        summary="<p>Leave your door open.</p>",
        next_steps="",
        recording_url="https://video.example.org/1",
    )
    closing.finish(session=session, by=cast.fay)
    session.refresh_from_db()
    return session
