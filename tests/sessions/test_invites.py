"""What calendars are told: once, in order, and nothing that is no more so."""

import threading
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.models import Audience
from notifications import composing
from notifications.models import Choices, Delivery, Entry
from notifications.registry import Mail
from sessions import calendar_mail
from sessions.models import RSVP, CalendarInvite
from sessions.notices import CALENDAR
from sessions.services import invites, planning
from sessions.services.answers import answer
from tests.factories import MembershipFactory, SessionFactory

READERS = ["Fay", "Mia", "Theo", "Tia"]


@pytest.fixture(autouse=True)
def agreed(cast):
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)


@pytest.fixture
def session(cast, db):
    return SessionFactory(cohort=cast.cohort, title="Trust", place="Room 4")


def send():
    """Deliver what is pending, as the worker would: [(name, event's method, UID, SEQUENCE)]."""
    found = []
    pending = Delivery.objects.filter(kind=CALENDAR, state=Delivery.State.PENDING)
    rows = pending.select_related("cohort", "recipient__user", "recipient__cohort").order_by("pk")
    for delivery, outcome in composing.compose(list(rows)):
        if isinstance(outcome, Mail):
            calendar_mail.note_told([delivery])
            state, reason = Delivery.State.SENT, ""
            found.append((delivery.recipient.user.name, outcome))
        else:
            state, reason = Delivery.State.SKIPPED, outcome.reason
        Delivery.objects.filter(pk=delivery.pk).update(state=state, reason=reason)
    return found


def told(mails):
    """Who was told what: name, METHOD, SEQUENCE and STATUS of the calendar part."""
    return sorted(
        (name, str(calendar["METHOD"]), event["SEQUENCE"], str(event["STATUS"]))
        for name, mail in mails
        for calendar, event in [parsed(mail)]
    )


def parsed(mail):
    method, content = mail.calendar
    calendar = icalendar.Calendar.from_ical(content)
    assert str(calendar["METHOD"]) == method
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def everybody(method, sequence, status="CONFIRMED"):
    return [(name, method, sequence, status) for name in READERS]


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


def test_who_says_no_loses_it_and_who_changes_their_mind_gets_it_back(session, mia):
    invites.bring_up_to_date(session)
    send()
    answer(session=session, member=mia, answer=RSVP.Answer.NO)
    assert told(send()) == [("Mia", "CANCEL", 1, "CANCELLED")]

    later = session.starts_at + timedelta(hours=1)
    planning.change_session(session=session, local_time=later.time(), local_date=later.date())
    assert sorted(name for name, _mail in send()) == ["Fay", "Theo", "Tia"]
    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    ((name, mail),) = send()
    assert (name, mail.subject.partition(":")[0]) == ("Mia", "On again")
    event = parsed(mail)[1]
    assert event["SEQUENCE"] == 2
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_an_answer_that_changes_nothing_for_the_calendar_is_no_mail(session, mia):
    invites.bring_up_to_date(session)
    send()
    for what in (RSVP.Answer.YES, RSVP.Answer.MAYBE, RSVP.Answer.YES):
        answer(session=session, member=mia, answer=what)
    assert send() == []


def test_who_wants_no_invitations_gets_those_they_answered(session, mia):
    Choices.objects.create(member=mia, switched=["invitations:mail"])
    invites.bring_up_to_date(session)
    assert sorted(name for name, _mail in send()) == ["Fay", "Theo", "Tia"]

    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    assert told(send()) == [("Mia", "REQUEST", 0, "CONFIRMED")]


def test_who_loses_a_session_has_it_taken_out_and_learns_nothing_more(session, cast):
    invites.bring_up_to_date(session)
    send()
    planning.change_session(
        session=session,
        audience=Audience.TEAM,
        team=cast.other_team,
        title="Harbor plans",
        place="Secret place",
    )
    invites.plan(timezone.now())

    mails = dict(send())

    assert set(mails) == {"Fay", "Mia", "Theo", "Tia"}
    mail = mails["Mia"]
    assert (mail.calendar[0], mail.subject) == ("CANCEL", "A session you are no longer invited to")
    for words in (mail.text, mail.html, mail.calendar[1].decode()):
        assert "Harbor plans" not in words
        assert "Secret place" not in words
    assert mails["Tia"].calendar[0] == "REQUEST"


def test_who_comes_later_is_invited_to_what_is_near(cast):
    near = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=30))
    far = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=40))
    draft = SessionFactory(cohort=cast.cohort, status="draft")
    past = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-2))
    assert invites.plan(timezone.now()) == 4
    assert invites.plan(timezone.now()) == 0

    newcomer = MembershipFactory(cohort=cast.cohort, norms_agreed_version=0)
    assert invites.plan(timezone.now()) == 0
    newcomer.norms_agreed_version = cast.cohort.norms_version
    newcomer.save()
    assert invites.plan(timezone.now()) == 1

    assert set(CalendarInvite.objects.values_list("session", flat=True)) == {near.pk}
    assert invites.plan(timezone.now() + timedelta(days=6)) == 5
    assert CalendarInvite.objects.filter(session__in=[draft, past]).count() == 0
    assert CalendarInvite.objects.filter(session=far).count() == 5


def test_new_norms_take_nothing_back(session, cast):
    invites.bring_up_to_date(session)
    send()
    cast.cohort.norms_version += 1
    cast.cohort.save()
    invites.bring_up_to_date(session)
    invites.plan(timezone.now())
    assert send() == []


def test_one_session_is_told_at_once_and_a_whole_year_when_it_is_near(cast):
    start = timezone.now() + timedelta(days=100)
    fields = {
        "local_date": start.date(),
        "local_time": start.time().replace(second=0, microsecond=0),
        "time_zone": "UTC",
        "minutes": 60,
    }
    planning.plan_session(cohort=cast.cohort, title="Of many", tell=False, **fields)
    assert (send(), Entry.objects.count()) == ([], 0)
    planning.plan_session(cohort=cast.cohort, title="A draft", publish=False, **fields)
    assert (send(), Entry.objects.count()) == ([], 0)
    planning.plan_session(cohort=cast.cohort, title="One", **fields)
    assert sorted(name for name, _mail in send()) == READERS
    assert Entry.objects.count() == 4


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


def says(what):
    def step(session, member):
        if not session.is_cancelled:
            answer(session=session, member=member, answer=what)

    return step


def declines_in_the_calendar(session, member):
    if session.is_cancelled:
        return
    answer(session=session, member=member, answer="no", tell_calendar=False)
    held = CalendarInvite.objects.filter(session=session, member=member)
    held.exclude(told="nothing").update(told="declined", planned="declined")
    invites.bring_up_to_date(session, [member])


def moves(session, member):
    hour = (session.local_time.hour + 1) % 24
    planning.change_session(session=session, local_time=session.local_time.replace(hour=hour))


STEPS = {
    "yes": says("yes"),
    "maybe": says("maybe"),
    "no": says("no"),
    "calendar-no": declines_in_the_calendar,
    "move": moves,
    "place": lambda s, m: planning.change_session(session=s, place=f"{s.place}+"),
    "cancel": lambda s, m: planning.cancel_session(session=s),
    "return": lambda s, m: planning.bring_back_session(session=s),
    "plan": lambda s, m: invites.plan(timezone.now()),
    "send": lambda s, m: None,
}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_happens_the_calendar_ends_as_the_session_is(cast, steps):
    """Every mail has a higher number than the one before, and the last one is what is so."""
    session = SessionFactory(cohort=cast.cohort, starts_at=datetime(2027, 2, 2, 18, tzinfo=UTC))
    invites.bring_up_to_date(session, [cast.mia])
    seen = []
    for name in [*steps, "send"]:
        session.refresh_from_db()
        STEPS[name](session, cast.mia)
        if name == "send":
            seen.extend(parsed(mail) for who, mail in send() if who == "Mia")

    numbers = [event["SEQUENCE"] for _calendar, event in seen]
    assert numbers == sorted(set(numbers))
    assert len({str(event["UID"]) for _calendar, event in seen}) <= 1
    session.refresh_from_db()
    if comes(session, cast.mia):
        calendar, event = seen[-1]
        assert str(calendar["METHOD"]) == "REQUEST"
        assert event.decoded("DTSTART") == session.starts_at
    elif seen and cast.mia.invites.get(session=session).told != "declined":
        assert str(seen[-1][0]["METHOD"]) == "CANCEL"


def comes(session, member):
    said_no = session.rsvps.filter(member=member, answer="no").exists()
    return not session.is_cancelled and not said_no
