"""Calendars are told once, in order, and nothing that is no more so."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cohort.models import Audience
from notifications.models import Delivery
from sessions import calendar_mail
from sessions.notices import CALENDAR
from sessions.services import invites, planning
from tests.factories import MembershipFactory
from tests.sessions.invites import everybody, parsed, send, told


def reasons_of(member):
    rows = Delivery.objects.filter(kind=CALENDAR, recipient=member).order_by("pk")
    return list(rows.values_list("state", "reason"))


def test_everybody_it_is_for_is_invited_once(session, cast):
    assert invites.bring_up_to_date(session) == 4
    assert invites.bring_up_to_date(session) == 0

    assert told(send()) == everybody("REQUEST", 0)
    assert Delivery.objects.filter(kind=CALENDAR, recipient=cast.obi).count() == 0


def test_an_invitation_names_its_reader_alone_and_never_the_meeting(session, mia):
    planning.change_session(session=session, meeting_url="https://meet.example.org/secret-word")
    invites.bring_up_to_date(session)
    mail = dict(send())["Mia"]
    _calendar, event = parsed(mail)

    guest = event["ATTENDEE"]
    assert str(guest) == "mailto:mia@example.org"
    assert {key: str(value) for key, value in guest.params.items()} == {
        "CN": "Mia",
        "CUTYPE": "INDIVIDUAL",
        "PARTSTAT": "NEEDS-ACTION",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "TRUE",
    }
    assert event.decoded("DTSTART") == session.starts_at
    for words in (mail.text, mail.html, mail.calendar[1].decode()):
        assert "secret-word" not in words
        assert "theo@" not in words


def test_a_move_is_told_with_both_times_and_a_higher_number(session, mia):
    invites.bring_up_to_date(session)
    before = parsed(dict(send())["Mia"])[1]
    then = session.starts_at

    later = session.starts_at + timedelta(hours=2)
    planning.change_session(session=session, local_date=later.date(), local_time=later.time())
    mails = send()

    assert told(mails) == everybody("REQUEST", 1)
    mail = dict(mails)["Mia"]
    after = parsed(mail)[1]
    assert (after["UID"], after.decoded("DTSTART")) == (before["UID"], later)
    assert mail.subject.startswith("Moved: Trust is now ")
    for moment in (then, later):
        clock = f"{moment.astimezone(zone(mia)):%-I:%M %p}"
        assert clock in mail.text
        assert clock in mail.html


def zone(member):
    from zoneinfo import ZoneInfo

    return ZoneInfo(member.user.time_zone)


def test_new_words_are_no_news_for_calendars(session):
    invites.bring_up_to_date(session)
    send()
    planning.change_session(session=session, title="Trust and more")
    assert send() == []
    session.refresh_from_db()
    assert session.ics_sequence == 0


def test_called_off_and_on_again(session):
    invites.bring_up_to_date(session)
    send()
    planning.cancel_session(session=session)
    mails = send()
    assert told(mails) == everybody("CANCEL", 1, "CANCELLED")
    assert {mail.subject.partition(":")[0] for _name, mail in mails} == {"Called off"}

    planning.bring_back_session(session=session)
    mails = send()
    assert told(mails) == everybody("REQUEST", 2)
    assert {mail.subject.partition(":")[0] for _name, mail in mails} == {"On again"}


def test_what_was_not_sent_yet_is_told_as_it_is_then(session):
    invites.bring_up_to_date(session)
    later = session.starts_at + timedelta(hours=2)
    planning.change_session(session=session, local_time=later.time(), local_date=later.date())

    mails = send()

    assert told(mails) == everybody("REQUEST", 1)
    assert {mail.subject.partition(":")[0] for _name, mail in mails} == {"Invitation"}


def test_nobody_hears_that_a_session_is_off_who_never_heard_of_it(session, mia):
    invites.bring_up_to_date(session)
    planning.cancel_session(session=session)

    assert send() == []
    assert reasons_of(mia) == [
        ("skipped", calendar_mail.SUPERSEDED),
        ("skipped", calendar_mail.NEVER_INVITED),
    ]


def test_an_invitation_on_its_way_is_called_off_all_the_same(session, mia):
    invites.bring_up_to_date(session, [mia])
    Delivery.objects.update(state=Delivery.State.SENDING)
    planning.cancel_session(session=session)
    assert told(send()) == [("Mia", "CANCEL", 1, "CANCELLED")]


def test_the_bell_says_what_is_so_now(session, cast):
    from notifications import bell

    planning.cancel_session(session=session)
    (entry,) = bell.entries_of(cast.mia).select_related("member__user", "member__cohort")
    assert bell.lines_of([entry])[entry.pk].title == "“Trust” does not take place"
    session.refresh_from_db()
    session.audience, session.team = Audience.TEAM, cast.other_team
    session.save()
    assert bell.lines_of([entry]) == {}


@pytest.mark.django_db(transaction=True)
def test_five_planners_at_once_invite_each_member_once(session):
    gate = threading.Barrier(5)

    def run():
        gate.wait()
        invites.plan(timezone.now())
        connection.close()

    threads = [threading.Thread(target=run) for _n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Delivery.objects.filter(kind=CALENDAR).count() == 4
    assert told(send()) == everybody("REQUEST", 0)


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_costs_the_same_for_any_number(
    session, cast, people, django_assert_max_num_queries
):
    MembershipFactory.create_batch(people, cohort=cast.cohort, norms_agreed_version=1)
    with django_assert_max_num_queries(13):
        assert invites.bring_up_to_date(session) == 4 + people
    rows = Delivery.objects.select_related("cohort", "recipient__user", "recipient__cohort")
    deliveries = list(rows.order_by("pk"))
    with django_assert_max_num_queries(5):
        assert len(list(calendar_mail.compose(deliveries))) == 4 + people
