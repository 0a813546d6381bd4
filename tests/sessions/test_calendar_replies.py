"""Answers from people's calendars: theirs alone, the newest alone, through the same seats."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event, vCalAddress

from notifications.models import Delivery
from sessions.models import RSVP, CalendarInvite
from sessions.services import calendar_replies, invites
from sessions.services.answers import answer
from sessions.services.calendar_replies import (
    CLOSED,
    KEPT,
    NOT_A_REPLY,
    NOT_THEIRS,
    STALE,
    UNKNOWN,
    take_replies,
)
from tests.factories import SessionFactory


@pytest.fixture
def session(cast):
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)
    session = SessionFactory(cohort=cast.cohort, title="Trust")
    invites.bring_up_to_date(session)
    CalendarInvite.objects.update(told="request")
    return session


def invite_of(member):
    return CalendarInvite.objects.get(member=member)


def reply(
    invite,
    partstat="ACCEPTED",
    *,
    address=None,
    uid=None,
    sequence=None,
    stamp=None,
    method="REPLY",
    comment="",
    guests=1,
):
    """What a calendar mails back, as other programs write it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Some calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", uid or invite.uid)
    event.add("dtstamp", stamp or timezone.now())
    event.add("sequence", invite.sequence if sequence is None else sequence)
    event.add("dtstart", invite.session.starts_at.astimezone(UTC))
    if comment:
        event.add("comment", comment)
    for _n in range(guests):
        guest = vCalAddress(f"mailto:{address or invite.member.user.email}")
        guest.params["PARTSTAT"] = partstat
        event.add("attendee", guest)
    calendar.add_component(event)
    return calendar.to_ical()


def answer_of(session, member):
    return session.rsvps.filter(member=member).values_list("answer", "note").first()


@pytest.mark.parametrize(
    ("partstat", "kept"),
    [("ACCEPTED", "yes"), ("TENTATIVE", "maybe"), ("DECLINED", "no"), ("accepted", "yes")],
)
def test_an_answer_from_the_calendar_is_the_answer(session, mia, partstat, kept):
    outcome = take_replies(reply(invite_of(mia), partstat, comment="Late\r\nby ten"))
    assert outcome == [KEPT]
    assert answer_of(session, mia) == (kept, "Late by ten")
    # The calendar knows what it said: nothing is mailed back.
    assert Delivery.objects.exclude(params__sequence=0).count() == 0


def test_who_declines_there_and_says_yes_here_gets_it_back(session, mia):
    take_replies(reply(invite_of(mia), "DECLINED"))
    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    delivery = Delivery.objects.filter(recipient=mia).order_by("pk").last()
    assert (delivery.params["method"], delivery.params["sequence"]) == ("request", 1)


def test_an_address_of_ones_own_counts_in_any_case(session, mia):
    EmailAddress.objects.create(user=mia.user, email="mia@school.example.org", verified=True)
    assert take_replies(reply(invite_of(mia), address="MIA@School.example.org")) == [KEPT]


def test_an_unproven_address_does_not(session, mia):
    EmailAddress.objects.create(user=mia.user, email="boss@example.org", verified=False)
    assert take_replies(reply(invite_of(mia), address="boss@example.org")) == [NOT_THEIRS]
    assert answer_of(session, mia) is None


def test_nobody_answers_for_somebody_else(session, mia, theo):
    assert take_replies(reply(invite_of(mia), address=theo.user.email)) == [NOT_THEIRS]
    assert take_replies(reply(invite_of(mia), uid=session.uid)) == [UNKNOWN]
    assert take_replies(reply(invite_of(mia), guests=2)) == [NOT_A_REPLY]
    assert RSVP.objects.count() == 0


def test_what_answers_an_older_invitation_is_too_late(session, mia):
    CalendarInvite.objects.update(told_sequence=2, sequence=2)
    assert take_replies(reply(invite_of(mia), sequence=1)) == [STALE]
    assert take_replies(reply(invite_of(mia), sequence=2)) == [KEPT]


def test_an_older_answer_never_undoes_a_newer_one(session, mia):
    now = timezone.now()
    first = reply(invite_of(mia), "DECLINED", stamp=now - timedelta(minutes=2))
    second = reply(invite_of(mia), "ACCEPTED", stamp=now - timedelta(minutes=1))
    assert take_replies(second) == [KEPT]
    assert take_replies(first) == [STALE]
    assert take_replies(second) == [STALE]
    assert answer_of(session, mia)[0] == "yes"


def test_an_answer_given_on_the_page_since_then_holds(session, mia):
    old = reply(invite_of(mia), "DECLINED", stamp=timezone.now() - timedelta(hours=1))
    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    assert take_replies(old) == [STALE]


def test_a_clock_far_ahead_does_not_keep_later_answers_out(session, mia):
    ahead = datetime(2100, 1, 1, tzinfo=UTC)
    assert take_replies(reply(invite_of(mia), "DECLINED", stamp=ahead)) == [KEPT]
    later = timezone.now() + timedelta(minutes=6)
    assert take_replies(reply(invite_of(mia), "ACCEPTED", stamp=later)) == [KEPT]


def test_a_yes_to_a_full_session_waits_and_is_told_so(session, mia, theo):
    session.capacity = 1
    session.save()
    answer(session=session, member=theo, answer=RSVP.Answer.YES)
    assert take_replies(reply(invite_of(mia))) == [KEPT]
    assert session.rsvps.get(member=mia).waitlisted_at is not None
    assert Delivery.objects.filter(kind="sessions.waits", recipient=mia).count() == 1
    # A no never waits.
    later = timezone.now() + timedelta(seconds=1)
    assert take_replies(reply(invite_of(mia), "DECLINED", stamp=later)) == [KEPT]


@pytest.mark.parametrize("how", ["left", "over", "called off", "norms"])
def test_who_may_not_answer_here_may_not_there(session, mia, cast, how):
    if how == "left":
        type(mia).objects.filter(pk=mia.pk).update(left_at=timezone.now())
    elif how == "norms":
        cast.cohort.norms_version += 1
        cast.cohort.save()
    elif how == "over":
        session.ends_at = timezone.now()
        session.starts_at = session.ends_at - timedelta(hours=1)
        session.save()
    else:
        session.status = session.Status.CANCELLED
        session.save()
    assert take_replies(reply(invite_of(mia))) == [CLOSED]
    assert answer_of(session, mia) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\nEND:VCALENDAR",
        b"\xff\xfe\x00" * 100,
        b"BEGIN:VEVENT\n" * 5000,
        b"x" * (calendar_replies.LARGEST + 1),
    ],
)
def test_what_is_no_answer_is_left_alone(db, content):
    assert take_replies(content) == [NOT_A_REPLY]


def test_only_answers_are_read(session, mia):
    assert take_replies(reply(invite_of(mia), method="COUNTER")) == [NOT_A_REPLY]
    assert take_replies(reply(invite_of(mia), "DELEGATED")) == [NOT_A_REPLY]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(b"\0", 143, 139)
@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_bytes_break_it(session, mia, junk, start, end):
    good = reply(invite_of(mia))
    for outcome in take_replies(good[:start] + junk + good[end:]):
        assert outcome.words
