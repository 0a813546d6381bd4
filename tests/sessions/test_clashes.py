"""What speaks against a time, said before it is saved."""

from datetime import UTC, datetime, timedelta

import pytest

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


def test_holidays_of_the_country_and_of_teams_states(cohort, team):
    Team.objects.filter(pk=team.pk).update(state="LA")

    assert clashes(span(cohort, datetime(2027, 2, 9, 18, tzinfo=UTC))) == [
        "Mardi Gras: a holiday in LA (Harbor)."
    ]
    assert clashes(span(cohort, datetime(2027, 5, 31, 18, tzinfo=UTC))) == [
        "Memorial Day: a federal holiday."
    ]
    assert clashes(span(cohort, datetime(2027, 3, 10, 18, tzinfo=UTC))) == [
        "Most schools are away: spring break (mid March)."
    ]


def test_night_for_a_team_and_days_out_of_reach(cohort, tia):
    tia.user.time_zone = "Pacific/Guam"
    tia.user.save()

    assert clashes(span(cohort)) == ["It is night for River: Wed, Feb 3, 4:00 AM – 5:30 AM ChST."]
    tia.user.time_zone = "America/New_York"
    tia.user.save()
    assert clashes(span(cohort, datetime(2028, 2, 5, 18, tzinfo=UTC))) == [
        "It lies outside the cohort’s year (Sept. 1, 2026 to Aug. 31, 2027).",
        "It falls on a Saturday.",
    ]
    assert clashes(span(cohort, datetime(2020, 2, 4, 18, tzinfo=UTC)))[0] == (
        "This time is in the past."
    )
