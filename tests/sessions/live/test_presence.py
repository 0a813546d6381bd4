"""Who is here, how many processes tell it, and who is in the way."""

import time

import pytest
from django.db import connection
from websockets.sync.client import connect

from tests.factories import MembershipFactory
from tests.sessions.room_server import PROMPT, Guest, RoomServer, cookie_of, until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_everybody_hears_who_is_here(enter, session, mia, theo):
    mias = enter(mia)
    theos = enter(theo)

    here = mias.wait_for("here", count=2)
    assert [(who["name"], who["team"]) for who in here["people"]] == [
        ("Mia", "Harbor"),
        ("Theo", "Harbor"),
    ]
    theos.leave()
    assert mias.wait_for("here", count=1)


def test_the_sixth_window_of_one_person_lets_the_first_go(enter, session, mia):
    windows = [enter(mia) for _n in range(6)]

    assert windows[0].wait_for_end() == 4409
    windows[5].say("Here.")
    assert windows[1].hear_until(1)


def test_two_processes_are_one_room(enter, server, session, prefix, mia, theo):
    other = RoomServer(prefix)
    other.start()
    try:
        mias = enter(mia)
        theos = Guest(other, session, theo)
        assert mias.wait_for("here", count=2)
        mias.say("from one")
        theos.hear_until(1)
        theos.say("from the other")

        assert mias.hear_until(2) == theos.hear_until(2)
        assert [text for _seq, text in mias.hear_until(2)] == ["from one", "from the other"]
    finally:
        other.kill()


def test_without_redis_two_processes_still_become_one_room(session, prefix, mia, theo):
    """Nothing listens at that port: each asks the database every few seconds."""
    servers = [RoomServer(prefix, redis_url="redis://127.0.0.1:1/0") for _n in range(2)]
    for server in servers:
        server.start()
    try:
        mias, theos = Guest(servers[0], session, mia), Guest(servers[1], session, theo)
        began = time.monotonic()
        assert mias.wait_for("ack", client_id=mias.say("Anybody?"))["seq"] == 1
        assert mias.hear_until(1)
        assert time.monotonic() - began < PROMPT
        assert theos.hear_until(1, patience=12) == [(1, "Anybody?")]
    finally:
        for server in servers:
            server.kill()


def test_somebody_who_does_not_read_holds_up_nobody(enter, server, session, mia, theo):
    """A stopped laptop's socket stays open and takes nothing."""
    headers = {"Cookie": cookie_of(theo)}
    address = server.address(session)
    with connect(
        address, origin=server.origin, additional_headers=headers, max_queue=1, close_timeout=1
    ) as frozen:
        frozen.send('{"type": "resume", "after_seq": 0}')
        mias = enter(mia)
        for number in range(1, 10):
            mias.say("x" * 3500)
            began = time.monotonic()
            mias.hear_until(number)
            assert time.monotonic() - began < PROMPT


def test_a_room_takes_few_connections_of_the_database(enter, session, cohort, mia):
    for person in MembershipFactory.create_batch(20, cohort=cohort):
        enter(person)
    enter(mia).say("Crowded.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'rooms'"
        )
        assert 0 < cursor.fetchone()[0] <= 6


def test_who_was_in_the_room_is_kept_when_they_leave(enter, session, mia, obi):
    for person in (mia, mia, obi):
        enter(person).leave()

    until(lambda: session.stays.exists())

    assert [stay.member for stay in session.stays.all()] == [mia]
