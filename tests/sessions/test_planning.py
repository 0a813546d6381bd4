"""Planning: wall times over daylight-saving changes, and what calendars and reminders are told."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cohort.zones import AmbiguousTime, NoSuchTime
from sessions.models import LearningSession
from sessions.services import planning

NEW_YORK = "America/New_York"


def plan(cohort, **fields):
    return planning.plan_session(
        **{
            "cohort": cohort,
            "title": "Trust",
            "local_date": date(2027, 2, 2),
            "local_time": time(14),
            "time_zone": NEW_YORK,
            "minutes": 90,
            **fields,
        }
    )


def versions(session):
    session.refresh_from_db()
    return session.schedule_version, session.ics_sequence


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (date(2027, 3, 7), 19),
        (date(2027, 3, 14), 18),
        (date(2027, 10, 31), 18),
        (date(2027, 11, 7), 19),
    ],
)
def test_two_o_clock_stays_two_o_clock_when_the_clocks_change(cohort, day, hour):
    session = plan(cohort, local_date=day)

    assert session.starts_at == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert session.ends_at - session.starts_at == timedelta(minutes=90)


def test_a_time_that_the_clocks_skip_is_refused(cohort):
    with pytest.raises(NoSuchTime):
        plan(cohort, local_date=date(2027, 3, 14), local_time=time(2, 30))
    assert not LearningSession.objects.exists()


def test_a_time_that_comes_twice_is_taken_as_said(cohort):
    first = plan(cohort, local_date=date(2027, 11, 7), local_time=time(1, 30), local_fold=0)
    second = plan(cohort, local_date=date(2027, 11, 7), local_time=time(1, 30), local_fold=1)

    assert first.starts_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    assert second.starts_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    with pytest.raises(AmbiguousTime):
        planning.instants(
            local_date=date(2027, 11, 7), local_time=time(1, 30), time_zone=NEW_YORK, minutes=60
        )


def test_a_new_time_raises_both_numbers(cohort):
    session = plan(cohort)

    planning.change_session(session=session, local_time=time(15))

    assert versions(session) == (2, 1)


def test_new_words_raise_neither_number_and_change_the_calendar_file(cohort):
    session = plan(cohort)
    before = session.updated_at

    planning.change_session(session=session, title="Trust, and doubt", description="<p>Come.</p>")

    assert versions(session) == (1, 0)
    assert session.updated_at > before


def test_a_new_place_tells_calendars_and_keeps_reminders(cohort):
    session = plan(cohort)

    planning.change_session(session=session, place="Room 4")

    assert versions(session) == (1, 1)


def test_a_session_called_off_and_brought_back_is_the_same_with_higher_numbers(cohort):
    session = plan(cohort)
    uid = session.uid

    planning.cancel_session(session=session)
    planning.cancel_session(session=session)
    assert versions(session) == (2, 1)
    assert session.is_cancelled

    planning.bring_back_session(session=session)
    assert versions(session) == (3, 2)
    assert (session.status, session.uid) == (LearningSession.Status.SCHEDULED, uid)


def test_a_draft_moves_without_telling_anybody(cohort):
    session = plan(cohort, publish=False)

    planning.change_session(session=session, local_time=time(9))

    assert versions(session) == (1, 0)


def test_the_same_form_twice_is_one_session(cohort):
    key = uuid.uuid4()

    assert plan(cohort, form_key=key) == plan(cohort, form_key=key)
    assert LearningSession.objects.count() == 1


def test_a_description_is_kept_clean_with_its_words(cohort):
    session = plan(cohort, description="<p>Read <b>this</b>.<script>x()</script></p>")

    assert session.description == "<p>Read <strong>this</strong>.</p>"
    assert session.description_text == "Read this."


def test_the_reason_of_a_cancellation_stays_until_it_is_brought_back(cohort):
    session = plan(cohort)

    planning.cancel_session(session=session, reason="A storm closed the schools.")
    session.refresh_from_db()
    assert session.cancel_reason == "A storm closed the schools."

    planning.bring_back_session(session=session)
    session.refresh_from_db()
    assert session.cancel_reason == ""
