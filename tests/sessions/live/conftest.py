from datetime import timedelta

import pytest

from tests.factories import SessionFactory
from tests.sessions.room_server import Guest, wait_for_rest


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-5))


@pytest.fixture
def enter(server, session):
    guests = []

    def enters(person, **options):
        guest = Guest(server, session, person, **options)
        guests.append(guest)
        return guest

    yield enters
    for guest in guests:
        guest.leave()
    wait_for_rest()
