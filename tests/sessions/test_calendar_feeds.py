"""Feeds for calendar programs: what one may see, steady, and closed for good once revoked."""

import uuid
from datetime import timedelta

import icalendar
import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.models import Audience
from cohort.services import feed_keys
from sessions.models import RSVP
from sessions.services import planning
from sessions.services.answers import answer
from tests.factories import SessionFactory


@pytest.fixture
def open_feed(cast):
    """Fetch a member's feed as a program without cookies does."""
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)
    secrets = {}

    def fetch(member, route="calendar_own", method="get", **headers):
        if member.pk not in secrets:
            _key, secret = feed_keys.make_key(member=member, name="Mine", form_key=uuid.uuid4())
            secrets[member.pk] = secret
        address = reverse(f"sessions:{route}", args=[secrets[member.pk]])
        return getattr(Client(), method)(address, headers=headers)

    return fetch


def titles(response):
    calendar = icalendar.Calendar.from_ical(response.content)
    return [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]


def test_a_feed_holds_what_its_member_may_see(open_feed, cast):
    SessionFactory(cohort=cast.cohort, title="For all")
    SessionFactory(cohort=cast.cohort, title="A draft", status="draft")
    SessionFactory(cohort=cast.cohort, title="Long ago", starts_in=timedelta(days=-91))
    SessionFactory(cohort=cast.cohort, title="Far away", starts_in=timedelta(days=401))
    SessionFactory(cohort=cast.cohort, title="Off", status="cancelled")
    SessionFactory(
        cohort=cast.cohort, title="River only", audience=Audience.TEAM, team=cast.other_team
    )
    SessionFactory(cohort=cast.olga.cohort, title="Elsewhere")

    assert titles(open_feed(cast.mia)) == ["For all", "Off"]
    assert titles(open_feed(cast.tia)) == ["For all", "Off", "River only"]
    assert titles(open_feed(cast.obi)) == ["For all", "Off"]


def test_ones_own_leaves_out_what_one_said_no_to(open_feed, cast):
    session = SessionFactory(cohort=cast.cohort, title="For all")
    answer(session=session, member=cast.mia, answer=RSVP.Answer.NO)
    assert titles(open_feed(cast.mia)) == []
    assert titles(open_feed(cast.mia, "calendar_cohort")) == ["For all"]


def test_it_is_written_as_calendars_want_it(open_feed, cast):
    SessionFactory(cohort=cast.cohort, meeting_url="https://meet.example.org/secret-word")
    response = open_feed(cast.mia)
    calendar = icalendar.Calendar.from_ical(response.content)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=900"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.has_header("Content-Disposition")
    assert not response.cookies
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "Spring"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in response.content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in response.content
    for word in (b"METHOD", b"ATTENDEE", b"secret-word"):
        assert word not in response.content
    assert len(list(vobject.readOne(response.content.decode()).vevent_list)) == 1


def test_nothing_new_is_told_in_a_word(open_feed, cast):
    session = SessionFactory(cohort=cast.cohort, title="Trust")
    first = open_feed(cast.mia)
    assert open_feed(cast.mia).content == first.content
    again = open_feed(cast.mia, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = open_feed(cast.mia, **{"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    head = open_feed(cast.mia, method="head")
    assert (head.status_code, head["ETag"]) == (200, first["ETag"])

    planning.change_session(session=session, title="Trust and more")
    changed = open_feed(cast.mia, **{"If-None-Match": first["ETag"]})
    assert (changed.status_code, titles(changed)) == (200, ["Trust and more"])
    assert icalendar.Calendar.from_ical(changed.content).walk("VEVENT")[0]["SEQUENCE"] == 0


def test_whatever_does_not_open_answers_alike(open_feed, cast):
    open_feed(cast.mia)
    unknown = Client().get(reverse("sessions:calendar_own", args=["x" * 43]))
    answers = []
    for change in ("revoke", "leave", "deactivate", "norms"):
        member = cast.theo if change != "revoke" else cast.mia
        open_feed(member)
        if change == "revoke":
            feed_keys.revoke_key(key=member.feed_keys.get(), by=member)
        elif change == "leave":
            type(member).objects.filter(pk=member.pk).update(left_at=timezone.now())
        elif change == "deactivate":
            type(member).objects.filter(pk=member.pk).update(left_at=None)
            type(member.user).objects.filter(pk=member.user_id).update(is_active=False)
        else:
            type(member.user).objects.filter(pk=member.user_id).update(is_active=True)
            type(member).objects.filter(pk=member.pk).update(norms_agreed_version=0)
        answers.append(open_feed(member))
    for response in answers:
        assert (response.status_code, response.content) == (404, unknown.content)
        assert response.headers == unknown.headers


def test_a_program_that_asks_too_often_is_told_when_to_come_again(open_feed, cast):
    for _n in range(60):
        assert open_feed(cast.mia).status_code == 200
    response = open_feed(cast.mia)
    assert (response.status_code, 0 < int(response["Retry-After"]) <= 3600) == (429, True)


@pytest.mark.parametrize("count", [1, 30])
def test_a_year_costs_five_queries(open_feed, cast, count, django_assert_max_num_queries):
    SessionFactory.create_batch(count, cohort=cast.cohort)
    open_feed(cast.mia)
    with django_assert_max_num_queries(5):
        assert len(titles(open_feed(cast.mia))) == count


def test_the_addresses_are_shown_once(browse, cast):
    page = reverse("sessions:calendar_key_list", args=[cast.cohort.slug])
    client = browse(cast.mia)
    form_key = client.get(page).context["form"]["form_key"].value()
    made = client.post(page, {"name": "Outlook at work", "form_key": form_key})
    address = made.context["feeds"][0]["address"]
    assert address in made.content.decode()
    assert Client().get(address).status_code == 200
    assert address not in client.get(page).content.decode()
    again = client.post(page, {"name": "Outlook at work", "form_key": form_key})
    assert again.status_code == 302
    assert cast.mia.feed_keys.count() == 1
