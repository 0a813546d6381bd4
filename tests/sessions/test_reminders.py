"""Reminders: to whom, when, once, and never for a time that is no more."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from cohort import events
from cohort.models import Audience
from notifications import composing, reasons
from notifications.models import Choices, Delivery
from notifications.registry import Mail, Skip
from sessions import answering, reminders
from sessions.models import RSVP, ReminderRule
from sessions.services import planning
from sessions.services.answers import answer
from tests.factories import CohortFactory, MembershipFactory, SessionFactory

# 1 p.m. in New York.
START = datetime(2027, 2, 3, 18, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def session(cast):
    """A session of the whole cohort, planned and joined by all of them long before.

    Everybody who did not say no is reminded a day and an hour before it.
    """
    for minutes in (1440, 60):
        rule(cast.cohort, minutes, ReminderRule.Audience.EVERYBODY)
    cast.cohort.memberships.update(joined_at=START - timedelta(days=60))
    return SessionFactory(
        cohort=cast.cohort,
        title="Trust",
        starts_at=START,
        local_date=START.date(),
        local_time=START.time(),
        meeting_url="https://meet.example.org/secret-word",
    )


def rule(cohort, minutes, audience):
    return ReminderRule.objects.create(cohort=cohort, minutes=minutes, audience=audience)


def at(moment):
    return time_machine.travel(moment, tick=False)


def planned():
    """Names by what they are reminded of, in minutes before."""
    found = {}
    for delivery in Delivery.objects.filter(kind=reminders.KIND).order_by("recipient__user__name"):
        found.setdefault(delivery.params["minutes"], []).append(delivery.recipient.user.name)
    return found


def outcome(member):
    """What becomes of the member's latest reminder when it is sent now."""
    delivery = (
        Delivery.objects.filter(kind=reminders.KIND, recipient=member)
        .select_related("cohort", "recipient__user", "recipient__cohort")
        .order_by("not_before", "pk")
        .last()
    )
    ((_delivery, found),) = composing.compose([delivery])
    return found.reason if isinstance(found, Skip) else found


def said(session, member, what, when):
    with at(when):
        return answer(session=session, member=member, answer=what)


def test_who_said_yes_or_maybe_or_nothing_is_reminded(session, mia, theo, tia):
    said(session, mia, RSVP.Answer.YES, START - 10 * DAY)
    said(session, theo, RSVP.Answer.MAYBE, START - 10 * DAY)
    said(session, tia, RSVP.Answer.NO, START - 10 * DAY)

    reminders.plan(START - DAY - timedelta(seconds=1))
    assert planned() == {}
    reminders.plan(START - DAY)
    assert planned() == {1440: ["Fay", "Mia", "Theo"]}
    reminders.plan(START - HOUR)
    assert planned() == {1440: ["Fay", "Mia", "Theo"], 60: ["Fay", "Mia", "Theo"]}


def test_rules_say_whom(session, mia, theo, tia, fay):
    ReminderRule.objects.all().delete()
    rule(session.cohort, 7 * 1440, ReminderRule.Audience.UNANSWERED)
    rule(session.cohort, 15, ReminderRule.Audience.COMING)
    said(session, mia, RSVP.Answer.YES, START - 10 * DAY)
    said(session, theo, RSVP.Answer.MAYBE, START - 10 * DAY)
    said(session, tia, RSVP.Answer.NO, START - 10 * DAY)

    reminders.plan(START - 7 * DAY)
    assert planned() == {10080: ["Fay"]}
    said(session, fay, RSVP.Answer.YES, START - 7 * DAY + timedelta(seconds=5))
    with at(START - 7 * DAY + timedelta(seconds=6)):
        assert outcome(fay) == reminders.ANSWERED

    reminders.plan(START - timedelta(minutes=15))
    assert planned()[15] == ["Fay", "Mia", "Theo"]


def test_a_new_cohort_begins_with_the_published_rules(db):
    cohort = CohortFactory(slug="summer")
    events.cohort_created(cohort)
    assert list(cohort.reminder_rules.values_list("minutes", "audience")) == [
        (7 * 1440, "unanswered"),
        (1440, "coming"),
        (15, "coming"),
    ]


def test_who_has_not_answered_can_from_the_mail(session, mia, theo):
    said(session, theo, RSVP.Answer.YES, START - 9 * DAY)
    reminders.plan(START - DAY)

    with at(START - DAY):
        links = [address for _words, address in answering.links(mia, session)]
        assert all(link in outcome(mia).text for link in links)
        assert "/s/" not in outcome(theo).text


def test_planning_again_plans_nothing_again(session):
    assert reminders.plan(START - DAY) == 4
    assert reminders.plan(START - DAY + timedelta(seconds=30)) == 0


@pytest.mark.django_db(transaction=True)
def test_five_planners_at_once_plan_each_reminder_once(session):
    gate = threading.Barrier(5)

    def run():
        gate.wait()
        reminders.plan(START - DAY)
        connection.close()

    threads = [threading.Thread(target=run) for _n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert planned() == {1440: ["Fay", "Mia", "Theo", "Tia"]}


def test_a_teams_session_reminds_the_team_and_the_hosts(session, cast):
    session.audience, session.team = Audience.TEAM, cast.team
    session.save()

    reminders.plan(START - HOUR)

    assert planned()[60] == ["Fay", "Mia", "Theo"]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Phoenix", "11:00 AM MST"),
        ("Pacific/Honolulu", "8:00 AM HST"),
        ("America/Puerto_Rico", "2:00 PM AST"),
    ],
)
def test_the_mail_tells_the_readers_time_and_not_the_meeting_link(session, mia, zone, words):
    mia.user.time_zone = zone
    mia.user.save()
    reminders.plan(START - HOUR)

    with at(START - HOUR):
        mail = outcome(mia)

    assert isinstance(mail, Mail)
    assert mail.subject == "In 60 minutes: Trust" or mail.subject == "In 1 hour: Trust"
    for part in (mail.text, mail.html):
        assert words in part
        assert session.get_absolute_url() in part
        assert "secret-word" not in part


def test_nothing_is_sent_for_a_session_called_off(session, mia):
    reminders.plan(START - HOUR)
    planning.cancel_session(session=session)

    with at(START - HOUR):
        assert outcome(mia) == reminders.CANCELLED
    Delivery.objects.all().delete()
    assert reminders.plan(START - HOUR) == 0


def test_a_moved_session_is_reminded_of_at_its_new_time_only(session, mia):
    reminders.plan(START - HOUR)
    planning.change_session(session=session, local_time=(START + 2 * HOUR).time())

    with at(START - HOUR):
        assert outcome(mia) == reminders.MOVED
    reminders.plan(START + HOUR)
    with at(START + HOUR):
        assert "3:00 PM EST" in outcome(mia).text


def test_a_session_brought_back_is_reminded_of_again(session, mia):
    reminders.plan(START - DAY)
    planning.cancel_session(session=session)
    planning.bring_back_session(session=session)

    reminders.plan(START - DAY + timedelta(minutes=5))

    with at(START - DAY + timedelta(minutes=6)):
        assert isinstance(outcome(mia), Mail)


def test_who_says_no_meanwhile_is_not_reminded(session, mia):
    reminders.plan(START - HOUR)
    rsvp = said(session, mia, RSVP.Answer.YES, START - 9 * DAY)
    RSVP.objects.filter(pk=rsvp.pk).update(answer=RSVP.Answer.NO)

    with at(START - HOUR):
        assert outcome(mia) == reminders.ANSWERED_NO


def test_who_answers_after_it_was_due_needs_no_reminder(session, mia):
    said(session, mia, RSVP.Answer.YES, START - timedelta(minutes=30))

    reminders.plan(START - timedelta(minutes=29))

    with at(START - timedelta(minutes=29)):
        assert outcome(mia) == reminders.JOINED_LATE


def test_who_waits_for_a_seat_is_not_told_that_it_begins(session, mia, theo):
    session.capacity = 1
    session.save()
    said(session, theo, RSVP.Answer.YES, START - 9 * DAY)
    said(session, mia, RSVP.Answer.YES, START - 9 * DAY)
    reminders.plan(START - HOUR)

    with at(START - HOUR):
        assert outcome(mia) == reminders.WAITS
        assert isinstance(outcome(theo), Mail)


def test_who_has_left_switched_it_off_or_may_not_see_it_is_not_reminded(session, cast):
    reminders.plan(START - HOUR)
    cast.mia.left_at = START - HOUR
    cast.mia.save()
    Choices.objects.create(member=cast.theo, switched=[f"{reminders.TOPIC}:mail"])
    session.audience, session.team = Audience.TEAM, cast.team
    session.save()

    with at(START - HOUR):
        assert outcome(cast.mia) == reasons.LEFT
        assert outcome(cast.theo) == reasons.SWITCHED_OFF
        assert outcome(cast.tia) == reasons.GONE


@pytest.mark.parametrize(
    ("late_by", "reason"),
    [(timedelta(minutes=29), ""), (timedelta(minutes=31), reasons.LATE)],
)
def test_after_an_outage_a_late_reminder_is_noted_and_not_sent(session, mia, late_by, reason):
    now = START - HOUR + late_by
    reminders.plan(now)

    with at(now):
        found = outcome(mia)
    assert (found if isinstance(found, str) else "") == reason


def test_nothing_is_planned_or_sent_once_it_has_begun(session, mia):
    assert reminders.plan(START) == 0
    reminders.plan(START - timedelta(minutes=1))

    with at(START):
        assert outcome(mia) == reasons.LATE


@pytest.mark.parametrize(
    ("start", "zone", "due"),
    [
        # 3 a.m. in New York: the evening before. 10 p.m.: that evening. 7 a.m.: as it is.
        ((2027, 2, 4, 8), "America/New_York", (2027, 2, 3, 1)),
        ((2027, 2, 5, 3), "America/New_York", (2027, 2, 4, 1)),
        ((2027, 2, 4, 12), "America/New_York", (2027, 2, 3, 12)),
        # 1 p.m. in New York is 8 a.m. in Honolulu; an hour before noon there is nobody's night.
        ((2027, 2, 4, 18), "Pacific/Honolulu", (2027, 2, 3, 18)),
        ((2027, 2, 4, 16), "Pacific/Honolulu", (2027, 2, 3, 6)),
    ],
)
def test_a_day_before_comes_the_evening_before_rather_than_at_night(start, zone, due):
    session = SessionFactory.build(starts_at=datetime(*start, tzinfo=UTC))

    assert reminders.due_at(session, DAY, zone) == datetime(*due, tzinfo=UTC)
    assert reminders.due_at(session, HOUR, zone) == session.starts_at - HOUR


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_of_mails_costs_the_same_for_any_number(
    session, mia, people, django_assert_max_num_queries
):
    MembershipFactory.create_batch(people, cohort=session.cohort, joined_at=START - 60 * DAY)
    reminders.plan(START - HOUR)
    deliveries = list(
        Delivery.objects.select_related("cohort", "recipient__user", "recipient__cohort")
    )

    with at(START - HOUR), django_assert_max_num_queries(6):
        assert len(list(reminders.compose(deliveries))) == 2 * (4 + people)
