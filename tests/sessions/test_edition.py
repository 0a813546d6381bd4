from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Audience, Membership
from notifications.sections import Place, Reader
from sessions.edition import section
from sessions.models import RSVP, Attendance, LearningSession
from tests.factories import OrganizationFactory, ResourceFactory, SessionFactory

pytestmark = pytest.mark.django_db


def parts_of(*members, days=7):
    now = timezone.now()
    parts = section([Reader(m, now - timedelta(days=days), now) for m in members])
    return [parts.get(member.pk, []) for member in members]


@pytest.fixture
def clinic(cohort):
    """Planned long ago, in three days."""
    session = SessionFactory(cohort=cohort, title="Clinic")
    now = timezone.now()
    LearningSession.objects.filter(pk=session.pk).update(
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
        created_at=now - timedelta(days=30),
    )
    session.refresh_from_db()
    return session


@pytest.fixture
def told(cohort):
    """Over, with its summary written yesterday."""
    session = SessionFactory(cohort=cohort, title="Drivers")
    now = timezone.now()
    LearningSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(days=3),
        ends_at=now - timedelta(days=3) + timedelta(hours=1),
        summary="<p>Trust first.</p>",
        summary_text="Trust first.",
        recording_url="https://example.org/film",
        summarized_at=now - timedelta(days=1),
    )
    session.refresh_from_db()
    return session


def test_the_next_session_has_buttons_that_say_what_one_answered(cast, clinic):
    RSVP.objects.create(session=clinic, member=cast.mia, answer="maybe")
    mine, obis = parts_of(cast.mia, cast.obi)
    assert [(part.place, part.is_news) for part in mine] == [(Place.NEXT_SESSION, False)]
    assert [(b.label, b.is_chosen) for b in mine[0].items[0].buttons] == [
        ("Yes, I come", False),
        ("Maybe", True),
        ("No", False),
    ]
    assert mine[0].items[0].detail.endswith("you said maybe")
    assert [item.buttons for part in obis for item in part.items] == [()]


def test_a_session_planned_within_the_window_is_news(cast, clinic):
    LearningSession.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert [[part.is_news for part in parts] for parts in parts_of(cast.mia)] == [[True]]


def test_what_a_session_brought_has_summary_recording_and_what_one_may_see(cast, told):
    shared = ResourceFactory(cohort=cast.cohort, title="Slides")
    closed = ResourceFactory(
        cohort=cast.cohort, title="River's notes", audience=Audience.TEAM, team=cast.other_team
    )
    told.resources.add(shared, closed)
    mine, tias = parts_of(cast.mia, cast.tia)
    assert [part.place for part in mine] == [Place.LAST_SESSION]
    (item,) = mine[0].items
    assert item.excerpt == "Trust first."
    assert item.detail.endswith("Summary and recording")
    assert [link.label for link in item.links] == ["Watch the recording", "Slides"]
    assert "https://example.org/film" not in str(item)
    assert [link.label for link in tias[0].items[0].links][1:] == ["Slides", "River's notes"]


def test_who_was_there_is_told_by_organizations_where_it_is_known(cast, told):
    Membership.objects.update(joined_at=told.starts_at - timedelta(days=9))
    mill = OrganizationFactory(cohort=cast.cohort, team=cast.other_team, name="Mill")
    Membership.objects.filter(pk=cast.tia.pk).update(organization=mill)

    def said(member):
        return parts_of(member)[0][0].items[0].detail.split(" · ")[1:]

    assert said(cast.mia) == ["Summary and recording"]
    Attendance.objects.create(session=told, member=cast.theo, mark="attended")
    Attendance.objects.create(session=told, member=cast.tia, mark="absent")
    words = ["Summary and recording", "1 of 2 organizations were there"]
    assert said(cast.mia) == said(cast.obi) == said(cast.fay) == words

    LearningSession.objects.update(audience=Audience.TEAM, team=cast.team)
    Attendance.objects.filter(member=cast.tia).delete()
    assert said(cast.mia) == ["Summary and recording", "1 of 1 organization was there"]
    assert parts_of(cast.tia) == [[]]


def test_a_teams_session_is_told_to_the_team_alone(cast, told):
    LearningSession.objects.update(audience=Audience.TEAM, team=cast.other_team)
    mine, tias = parts_of(cast.mia, cast.tia)
    assert mine == []
    assert [part.place for part in tias] == [Place.TEAM]


def test_many_readers_cost_no_more_than_one(cast, told, clinic, django_assert_num_queries):
    told.resources.add(ResourceFactory(cohort=cast.cohort))
    for members in ([cast.mia], [cast.mia, cast.theo, cast.tia, cast.obi, cast.fay]):
        with django_assert_num_queries(5):
            parts_of(*members)
