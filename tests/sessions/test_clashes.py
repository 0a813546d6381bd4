"""What speaks against a time, said before it is saved."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cohort.models import Audience
from cohort.models.partnerships import Team
from sessions.queries import Span, clashes
from tests.factories import CohortFactory, MembershipFactory, SessionFactory

START = datetime(2027, 2, 2, 18, tzinfo=UTC)  # a Tuesday, 1 PM in New York


def span(cohort, start=START, **fields):
    return Span(
        cohort=cohort,
        zone="America/New_York",
        starts_at=start,
        ends_at=start + timedelta(minutes=90),
        **fields,
    )


def at(start, **fields):
    return SessionFactory(starts_at=start, **fields)


@pytest.fixture(autouse=True)
def before_any_of_these_days():
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def people_in_new_york(cast):
    for person in (cast.fay, cast.theo, cast.mia, cast.tia, cast.obi):
        person.user.time_zone = "America/New_York"
        person.user.save()


def test_nothing_speaks_against_a_quiet_tuesday(cohort):
    assert clashes(span(cohort)) == []


def test_other_sessions_at_the_time_are_named(cohort, team, cast):
    at(START + timedelta(minutes=60), cohort=cohort, title="Clinic")
    at(START, cohort=cohort, title="Draft", status="draft", audience=Audience.FACILITATORS)
    at(START, cohort=cohort, title="Called off", status="cancelled")
    at(START + timedelta(minutes=90), cohort=cohort, title="Right after")
    at(START, cohort=cohort, title="River only", audience=Audience.TEAM, team=cast.other_team)

    assert clashes(span(cohort)) == [
        "“Draft” is at the same time, for facilitators only.",
        "“River only” is at the same time, for River.",
        "“Clinic” is at the same time, for whole cohort.",
    ]
    assert clashes(span(cohort, audience=Audience.TEAM, team=team)) == [
        "“Draft” is at the same time, for facilitators only.",
        "“Clinic” is at the same time, for whole cohort.",
    ]


def test_a_session_does_not_clash_with_itself(cohort):
    session = at(START, cohort=cohort)

    assert clashes(span(cohort, session_pk=session.pk)) == []


def test_other_cohorts_count_and_are_not_named(cohort, mia, tia):
    other = CohortFactory(slug="other")
    for person in (mia, tia):
        MembershipFactory(cohort=other, user=person.user)
    at(START, cohort=other, title="Secret")
    at(START, cohort=other, title="Secret too")

    assert clashes(span(cohort)) == ["2 people have a session of another cohort then."]


def day(year, month, day):
    return datetime(year, month, day, 18, tzinfo=UTC)


def test_a_day_off_is_one_line_however_much_falls_on_it(cohort, team):
    Team.objects.filter(pk=team.pk).update(state="LA")
    team.refresh_from_db()

    lines = {
        # In Thanksgiving week, a winter break, and on a weekend at once.
        day(2026, 11, 26): ["Thanksgiving Day: a federal holiday."],
        day(2026, 12, 25): ["Christmas Day: a federal holiday."],
        day(2027, 7, 4): ["Independence Day: a federal holiday."],
        day(2026, 12, 26): ["It falls on a Saturday."],
        day(2026, 12, 28): ["Many schools are away: winter break."],
        day(2027, 2, 9): ["Mardi Gras: schools are closed in LA (Harbor)."],
        day(2027, 3, 10): ["Many schools are away: spring break (mid March)."],
        # The Friday before Easter: a holiday in Louisiana, and spring break in many places.
        day(2027, 3, 26): ["Good Friday: schools are closed in LA (Harbor)."],
        day(2027, 5, 31): ["Memorial Day: a federal holiday."],
    }
    assert {start: clashes(span(cohort, start)) for start in lines} == lines


def test_only_days_off_that_concern_whom_it_is_for_are_told(cohort, team, cast):
    Team.objects.filter(pk=team.pk).update(state="LA")
    Team.objects.filter(pk=cast.other_team.pk).update(state="TX")
    for one in (team, cast.other_team):
        one.refresh_from_db()
    mardi_gras, hosts = day(2027, 2, 9), {"audience": Audience.FACILITATORS}

    def of(one, start):
        return clashes(span(cohort, start, audience=Audience.TEAM, team=one))

    assert of(team, mardi_gras) == ["Mardi Gras: schools are closed in LA (Harbor)."]
    assert of(cast.other_team, mardi_gras) == []
    assert clashes(span(cohort, mardi_gras, **hosts)) == []
    assert clashes(span(cohort, day(2027, 3, 10), **hosts)) == []
    assert clashes(span(cohort, day(2027, 5, 31), **hosts)) == ["Memorial Day: a federal holiday."]
    # In a law of Texas, and schools are open.
    assert of(cast.other_team, day(2027, 4, 21)) == []


def test_night_for_a_team_and_days_out_of_reach(cohort, cast, tia):
    tia.user.time_zone = "Pacific/Guam"
    tia.user.save()

    assert clashes(span(cohort)) == ["It is night for River (Wed, Feb 3, 4:00 AM – 5:30 AM ChST)."]
    assert clashes(span(cohort, audience=Audience.TEAM, team=cast.team)) == []
    assert clashes(span(cohort, audience=Audience.FACILITATORS)) == []
    tia.user.time_zone = "America/New_York"
    tia.user.save()
    assert clashes(span(cohort, datetime(2028, 2, 5, 18, tzinfo=UTC))) == [
        "It lies outside the cohort’s year (Sept. 1, 2026 to Aug. 31, 2027).",
        "It falls on a Saturday.",
    ]
    assert clashes(span(cohort, datetime(2020, 2, 4, 18, tzinfo=UTC)))[0] == (
        "This time is in the past."
    )
