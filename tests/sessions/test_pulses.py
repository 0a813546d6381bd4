"""Quick pulses: one answer each, and an anonymous one tells nothing that could be a person's."""

import uuid

import pytest
from django.db import IntegrityError

from sessions import queries, room_state
from sessions.models import Pulse, PulseAnswer, Room
from sessions.services import pulses
from tests.factories import MembershipFactory, SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort)


@pytest.fixture
def crowd(cohort):
    return MembershipFactory.create_batch(9, cohort=cohort)


def start(session, by, kind="scale", *, anonymous=False, choices=(), key=None):
    return pulses.start(
        session_pk=session.pk,
        by=by,
        question="How was it?",
        kind=kind,
        choices=choices,
        is_anonymous=anonymous,
        form_key=key or uuid.uuid4(),
    )


def seen(member, session, may_answer=True):
    view = queries.pulses_of(member, session, may_answer=may_answer)[0]
    return view.answers, {result.text: result.count for result in view.results if result.count}


def test_an_answer_is_one_and_may_change_until_it_is_closed(session, fay, mia, theo):
    pulse = start(session, fay)
    for text in ("2", "2", "5"):
        pulses.answer(pulse=pulse, member=mia, text=text)
    pulses.answer(pulse=pulse, member=theo, text="5")

    assert seen(mia, session) == (2, {"5": 2})
    pulses.close(pulse=pulse)
    with pytest.raises(pulses.PulseClosed):
        pulses.answer(pulse=pulse, member=mia, text="1")
    assert seen(mia, session) == (2, {"5": 2})


@pytest.mark.parametrize(
    ("kind", "text"),
    [("scale", "6"), ("scale", ""), ("choice", "C"), ("words", "  "), ("words", "x" * 61)],
)
def test_what_is_not_offered_is_refused(session, fay, mia, kind, text):
    pulse = start(session, fay, kind, choices=["A", "B"])

    with pytest.raises(pulses.NotOffered):
        pulses.answer(pulse=pulse, member=mia, text=text)
    assert PulseAnswer.objects.count() == 0


def test_words_are_gathered_however_they_are_written(session, fay, mia, theo, tia):
    pulse = start(session, fay, "words")
    for member, text in ((mia, "Hopeful"), (theo, " hopeful "), (tia, "Tired")):
        pulses.answer(pulse=pulse, member=member, text=text)

    assert seen(fay, session) == (3, {"Hopeful": 2, "Tired": 1})


def test_results_wait_for_ones_own_answer(session, fay, mia, theo, obi):
    pulse = start(session, fay)
    pulses.answer(pulse=pulse, member=theo, text="3")

    assert seen(mia, session) == (1, {})
    assert seen(theo, session) == seen(fay, session) == (1, {"3": 1})
    assert seen(obi, session, may_answer=False) == (1, {"3": 1})


def test_an_anonymous_pulse_shows_nothing_below_four_and_then_moves_by_four(session, fay, crowd):
    pulse = start(session, fay, anonymous=True)
    told = []
    for number, member in enumerate(crowd):
        pulses.answer(pulse=pulse, member=member, text="1" if number % 2 else "5")
        told.append(seen(fay, session))

    nothing, four, eight = {}, {"5": 2, "1": 2}, {"5": 4, "1": 4}
    assert told == [
        *((n, nothing) for n in (1, 2, 3)),
        *((n, four) for n in (4, 5, 6, 7)),
        *((n, eight) for n in (8, 9)),
    ]
    pulses.close(pulse=pulse)
    assert seen(fay, session) == (9, eight)


def test_changing_ones_own_answer_brings_nobodys_to_light(session, fay, crowd):
    pulse = start(session, fay, anonymous=True)
    for member in crowd[:4]:
        pulses.answer(pulse=pulse, member=member, text="2")
    pulses.answer(pulse=pulse, member=crowd[4], text="5")
    for text in "1234512345":
        pulses.answer(pulse=pulse, member=crowd[5], text=text)

    assert seen(fay, session) == (6, {"2": 4})


def test_the_frame_of_an_anonymous_pulse_tells_no_more_than_the_page(session, fay, crowd):
    pulse = start(session, fay, anonymous=True)
    for member in crowd[:3]:
        pulses.answer(pulse=pulse, member=member, text="4")

    changes = room_state.changes_after(session.pk, 0)

    (tally,) = changes.tallies.values()
    assert (tally.answers, tally.counted) == (3, 0)
    assert [result.count for result in tally.results] == [0] * 5


def test_a_new_pulse_closes_the_one_before(session, fay):
    key = uuid.uuid4()
    first = start(session, fay)
    second = start(session, fay, "words", key=key)
    again = start(session, fay, "words", key=key)

    first.refresh_from_db()
    assert (first.is_open, second.is_open, again) == (False, True, second)
    assert Pulse.objects.count() == 2
    with pytest.raises(IntegrityError):
        Pulse.objects.create(room=Room.objects.get(), question="Two at once?")


def test_pulses_cost_one_query_however_many(session, fay, mia, django_assert_num_queries):
    for _turn in range(3):
        pulses.answer(pulse=start(session, fay), member=mia, text="3")

    with django_assert_num_queries(1):
        assert len(queries.pulses_of(mia, session, may_answer=True)) == 3
