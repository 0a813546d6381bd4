"""Agendas and pre-work as their hosts write them down."""

import pytest

from sessions.models import TaskTick
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.prework import tick, untick
from tests.factories import SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort)


def agenda(session):
    return [
        (
            item.position,
            item.minutes,
            item.title,
            [str(member) for member in item.presenters.all()],
            [str(team) for team in item.presenting_teams.all()],
        )
        for item in session.agenda.all()
    ]


def done(session):
    ticks = TaskTick.objects.filter(task__session=session)
    return [(str(tick.task), str(tick.member)) for tick in ticks.order_by("task__position")]


def test_an_agenda_is_what_was_said_last_in_that_order(session, mia, team):
    set_agenda(
        session,
        [
            AgendaPart("Hello", 10, presenters=[mia]),
            AgendaPart("Cases", 50, teams=[team]),
            AgendaPart("Close", 5),
        ],
    )

    set_agenda(
        session, [AgendaPart("Cases", 40, teams=[team]), AgendaPart("Hello", 10, presenters=[mia])]
    )

    assert agenda(session) == [(1, 40, "Cases", [], ["Harbor"]), (2, 10, "Hello", ["Mia"], [])]


def test_reworded_and_moved_tasks_keep_who_has_done_them(session, mia, tia):
    set_tasks(session, ["Read the agreement", "Bring a figure", "Ask your partner"])
    first, second, third = session.tasks.all()
    for task, member in ((first, mia), (second, tia), (third, mia)):
        tick(task=task, member=member)

    set_tasks(session, ["Bring a figure", "Read the agreement twice", "Something else altogether"])

    assert [task.words for task in session.tasks.all()] == [
        "Bring a figure",
        "Read the agreement twice",
        "Something else altogether",
    ]
    assert done(session) == [("Bring a figure", "Tia"), ("Read the agreement twice", "Mia")]


def test_a_task_is_ticked_once_and_unticked(session, mia):
    set_tasks(session, ["Read"])
    task = session.tasks.get()

    tick(task=task, member=mia)
    tick(task=task, member=mia)
    assert TaskTick.objects.count() == 1

    untick(task=task, member=mia)
    untick(task=task, member=mia)
    assert not TaskTick.objects.exists()
