"""Who comes: seats, the waiting list, and forty people at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import Delivery
from sessions.models import RSVP
from sessions.services.answers import NotOpen, answer
from sessions.services.planning import change_session
from tests.factories import MembershipFactory, SessionFactory

YES, MAYBE, NO = RSVP.Answer.YES, RSVP.Answer.MAYBE, RSVP.Answer.NO


def said(session):
    """By first name: the answer, or "waits"."""
    return {
        rsvp.member.user.name: "waits" if rsvp.waitlisted_at else rsvp.answer
        for rsvp in session.rsvps.select_related("member__user")
    }


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, capacity=1)


def test_only_a_new_yes_takes_a_seat(session, mia, theo, tia, fay):
    answer(session=session, member=mia, answer=YES)
    answer(session=session, member=theo, answer=YES)
    answer(session=session, member=tia, answer=NO)
    answer(session=session, member=fay, answer=MAYBE)

    assert said(session) == {"Mia": "yes", "Theo": "waits", "Tia": "no", "Fay": "maybe"}


def test_on_a_full_session_yes_and_maybe_become_no(session, mia, theo, tia):
    answer(session=session, member=mia, answer=YES)
    answer(session=session, member=theo, answer=MAYBE)

    answer(session=session, member=theo, answer=NO)
    answer(session=session, member=tia, answer=NO)
    answer(session=session, member=mia, answer=NO)

    assert said(session) == {"Mia": "no", "Theo": "no", "Tia": "no"}


def test_a_free_seat_goes_to_who_waits_the_longest_and_they_are_told(session, mia, theo, tia):
    for member in (mia, theo, tia):
        answer(session=session, member=member, answer=YES)

    answer(session=session, member=mia, answer=MAYBE)

    assert said(session) == {"Mia": "maybe", "Theo": "yes", "Tia": "waits"}
    assert [d.recipient for d in Delivery.objects.filter(kind="sessions.seat")] == [theo]


def test_the_same_answer_again_changes_nothing(session, mia, theo):
    answer(session=session, member=mia, answer=YES)
    waiting = answer(session=session, member=theo, answer=YES).waitlisted_at

    for _again in range(3):
        rsvp = answer(session=session, member=theo, answer=YES)

    assert rsvp.waitlisted_at == waiting
    assert session.rsvps.count() == 2


def test_a_seat_of_somebody_who_left_goes_to_who_waits_first(session, mia, theo, tia):
    answer(session=session, member=mia, answer=YES)
    answer(session=session, member=theo, answer=YES)
    mia.left_at = timezone.now()
    mia.save()

    answer(session=session, member=tia, answer=YES)

    assert said(session) == {"Mia": "yes", "Theo": "yes", "Tia": "waits"}


def test_nobody_moves_up_in_the_last_quarter_of_an_hour(cohort, mia, theo):
    session = SessionFactory(cohort=cohort, capacity=1, starts_in=timedelta(minutes=10))
    answer(session=session, member=mia, answer=YES)
    answer(session=session, member=theo, answer=YES)

    answer(session=session, member=mia, answer=NO)

    assert said(session) == {"Mia": "no", "Theo": "waits"}
    assert not Delivery.objects.filter(kind="sessions.seat").exists()


def test_more_seats_move_the_waiting_up(session, mia, theo, tia):
    for member in (mia, theo, tia):
        answer(session=session, member=member, answer=YES)

    change_session(session=session, capacity=None)

    assert said(session) == {"Mia": "yes", "Theo": "yes", "Tia": "yes"}


@pytest.mark.parametrize(
    "fields",
    [{"status": "cancelled"}, {"status": "draft"}, {"starts_in": timedelta(days=-2)}],
    ids=["called off", "draft", "over"],
)
def test_a_session_that_is_not_open_takes_no_answers(cohort, mia, fields):
    session = SessionFactory(cohort=cohort, **fields)

    with pytest.raises(NotOpen):
        answer(session=session, member=mia, answer=YES)
    assert not RSVP.objects.exists()


def test_observers_do_not_answer(session, obi):
    with pytest.raises(NotOpen):
        answer(session=session, member=obi, answer=YES)


def test_a_note_stays_when_only_the_answer_changes(session, mia):
    answer(session=session, member=mia, answer=YES, note="From the road.")
    answer(session=session, member=mia, answer=MAYBE)

    assert RSVP.objects.get().note == "From the road."


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_for_ten_seats_get_ten(cohort):
    session = SessionFactory(cohort=cohort, capacity=10)
    people = MembershipFactory.create_batch(40, cohort=cohort)
    gate = threading.Barrier(8)

    def ask(members):
        gate.wait()
        for member in members:
            answer(session=session, member=member, answer=YES)
        connection.close()

    threads = [threading.Thread(target=ask, args=(people[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said(session).values()) == ["waits"] * 30 + ["yes"] * 10
