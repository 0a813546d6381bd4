"""The live room on a real server: one order for all, nothing lost, nothing doubled."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import sessions.live
from cohort import live
from sessions.models import ChatMessage, Room
from sessions.services import chat
from tests.access.sessions_room import SOCKETS
from tests.access.table import ACTORS
from tests.factories import MembershipFactory, SessionFactory
from tests.sessions.room_server import PATIENCE, Guest, RoomServer, cookie_of, until, wait_for_rest

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


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


def stored(session):
    return list(
        ChatMessage.objects.filter(room=session.pk).order_by("seq").values_list("seq", "body")
    )


# ------------------------------------------------------------ who is let in


@pytest.mark.parametrize("case", SOCKETS)
def test_socket_opens_for_the_right_people_only(server, cast, case, subtests):
    make, allowed = SOCKETS[case]
    place = make(cast)
    url = (
        f"ws://127.0.0.1:{server.port}/ws/c/{place['cohort_slug']}/sessions/{place['session_pk']}/"
    )
    for actor in ACTORS:
        with subtests.test(actor):
            user = cast.user(actor)
            headers = {"Cookie": cookie_of(user)} if user else {}
            try:
                with connect(url, origin=server.origin, additional_headers=headers) as socket:
                    may_write = '"may_write":true' in socket.recv(timeout=PATIENCE)
            except InvalidStatus:
                may_write = None
            assert may_write == allowed.get(actor)


def test_another_origin_is_refused(enter, mia):
    with pytest.raises(InvalidStatus):
        enter(mia, origin="https://evil.example.org")
    with pytest.raises(InvalidStatus):
        enter(mia, origin="")


def test_a_session_is_not_reached_through_another_cohort(enter, olga):
    with pytest.raises(InvalidStatus):
        enter(olga, cohort_slug="autumn")


def test_a_made_up_cookie_opens_nothing(enter, mia):
    with pytest.raises(InvalidStatus):
        enter(mia, cookie="sessionid=" + "x" * 32)


# ------------------------------------------------------------ what is said


def test_what_one_says_everybody_hears_and_the_sender_has_it_acknowledged(
    enter, session, mia, theo, obi
):
    mias, theos, obis = enter(mia), enter(theo), enter(obi)

    client_id = mias.say("Hello <b>there</b> ✨")

    assert mias.wait_for("ack", client_id=client_id)["seq"] == 1
    for guest in (mias, theos, obis):
        (line,) = [guest.wait_for("msg", seq=1)]
        assert (line["text"], line["by"]["name"]) == ("Hello <b>there</b> ✨", "Mia")
    assert stored(session) == [(1, "Hello <b>there</b> ✨")]


def test_one_line_sent_twenty_times_over_three_windows_is_one_line(enter, session, mia, theo):
    windows = [enter(mia) for _n in range(3)]
    theos = enter(theo)
    client_id = uuid.uuid4()

    for turn in range(20):
        windows[turn % 3].say("Once.", client_id)
    for window in windows:
        assert window.wait_for("ack", client_id=str(client_id))["seq"] == 1
    windows[0].say("Twice.")

    assert theos.hear_until(2) == [(1, "Once."), (2, "Twice.")]
    assert stored(session) == [(1, "Once."), (2, "Twice.")]


def test_everybody_sees_one_order_when_many_speak_at_once(enter, session, cohort, mia):
    people = MembershipFactory.create_batch(6, cohort=cohort)
    listener = enter(mia)
    guests = [enter(person) for person in people]

    def speak(guest):
        for number in range(8):
            guest.say(f"{guest.hello['you']}: {number}")
        return guest.hear_until(48)

    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(speak, guests))

    assert listener.hear_until(48) == stored(session)
    assert all(lines == stored(session) for lines in heard)


def test_a_burst_of_four_hundred_lines_reaches_everybody(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)

    for number in range(1, 401):
        chat.say(
            session_pk=session.pk, member_pk=mia.pk, client_id=uuid.uuid4(), body=f"no {number}"
        )
        sessions.live.room_changed(session.pk)

    lines = [(number, f"no {number}") for number in range(1, 401)]
    assert mias.hear_until(400) == theos.hear_until(400) == stored(session) == lines


def test_observers_and_closed_rooms_are_answered_with_a_reason(enter, session, obi, mia):
    obis, mias = enter(obi), enter(mia)

    client_id = obis.say("May I?")
    assert obis.wait_for("error", client_id=client_id)["code"] == "forbidden"

    session.starts_at = session.ends_at = timezone.now() - timedelta(days=3)
    session.save()
    client_id = mias.say("Too late?")
    assert mias.wait_for("error", client_id=client_id)["code"] == "closed"
    assert stored(session) == []


def test_too_long_too_big_and_too_fast_are_answered_with_a_reason(enter, session, mia):
    guest = enter(mia)

    assert guest.wait_for("error", client_id=guest.say("x" * 4001))["code"] == "too_long"
    assert guest.wait_for("error", client_id=guest.say(" \n"))["code"] == "empty"
    guest.socket.send("x" * 20_000)
    assert guest.wait_for("error")["code"] == "too_big"
    guest.socket.send(b"\x00\x01")
    assert guest.wait_for("error")["code"] == "bad_frame"
    refused = [guest.say(f"line {number}") for number in range(12)][-1]
    error = guest.wait_for("error", client_id=refused)
    assert error["code"] == "slow"
    assert 0 < error["retry_after"] <= 10.1


def test_lone_surrogates_and_zero_bytes_do_no_harm(enter, session, mia):
    guest = enter(mia)
    guest.socket.send(
        f'{{"type": "msg", "client_id": "{uuid.uuid4()}", "text": "a\\ud800b\\u0000c"}}'
    )

    assert guest.hear_until(1) == [(1, "abc")]


# ------------------------------------------------------------ coming back


def test_who_comes_back_gets_what_was_missed_once(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    mias.say("one")
    assert theos.hear_until(1) == [(1, "one")]
    theos.leave()
    mias.say("two")
    mias.say("three")
    mias.hear_until(3)

    back = enter(theo, after=1)
    mias.say("four")

    assert back.hear_until(4) == [(2, "two"), (3, "three"), (4, "four")]


def test_a_killed_server_loses_nothing_and_doubles_nothing(enter, server, session, mia, theo):
    mias = enter(mia)
    first = mias.say("before")
    mias.wait_for("ack", client_id=first)
    server.kill()
    with pytest.raises(ConnectionClosed):
        mias.wait_for("msg", seq=99)
    server.start()

    mias, theos = enter(mia, after=1), enter(theo, after=0)
    assert mias.wait_for("ack", client_id=mias.say("before", first))["seq"] == 1
    mias.say("after")

    assert theos.hear_until(2) == [(1, "before"), (2, "after")]
    assert stored(session) == [(1, "before"), (2, "after")]


def test_a_slow_transaction_is_waited_for_and_not_skipped(enter, session, mia, theo):
    """Somebody holds the room's row for a while: what commits later still comes first."""
    mias, theos = enter(mia), enter(theo)
    with transaction.atomic():
        Room.objects.filter(pk=session.pk).update(last_seq=1)
        mias.say("second")
        time.sleep(1)
        ChatMessage.objects.create(
            room_id=session.pk, seq=1, sender=mia, client_id=uuid.uuid4(), body="first"
        )

    assert theos.hear_until(2) == [(1, "first"), (2, "second")]
    assert mias.hear_until(2) == [(1, "first"), (2, "second")]


def test_too_far_behind_or_of_another_age_one_is_sent_to_the_page(enter, session, mia):
    guest = enter(mia)
    guest.send("resume", after_seq=5)
    assert guest.wait_for("resync")
    guest.send("resume", after_seq=0, epoch="another")
    assert guest.wait_for("resync")


def test_a_line_removed_while_one_was_away_is_removed_on_coming_back(
    enter, session, mia, theo, fay
):
    mias = enter(mia)
    mias.say("Oops.")
    mias.hear_until(1)
    line = ChatMessage.objects.get()

    chat.remove_line(line=line, by=fay)
    assert mias.wait_for("delete", seq=1)["rev"] == 1
    back = enter(theo, after=1)
    assert back.wait_for("delete", seq=1)["rev"] == 1
    chat.restore_line(line=line, by=fay)
    assert mias.wait_for("edit", seq=1)["text"] == "Oops."


# ------------------------------------------------------------ losing access


def test_a_member_who_is_removed_is_cut_off_within_two_seconds(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    theos.say("Hello.")
    mias.hear_until(1)
    mia.left_at = timezone.now()
    mia.save()
    began = time.monotonic()

    live.access_changed(mia.pk)

    assert mias.wait_for_end() == 4403
    assert time.monotonic() - began < 2
    theos.say("Still here.")
    assert theos.hear_until(2)


def test_signing_out_in_another_window_closes_the_room_within_two_seconds(enter, session, mia):
    guest = enter(mia)
    client = Client()
    name, _equals, value = guest.cookie.partition("=")
    client.cookies[name] = value
    began = time.monotonic()

    live.user_access_changed(mia.user.pk)
    client.logout()

    assert guest.wait_for_end() == 4401
    assert time.monotonic() - began < 3


def test_who_was_removed_cannot_write_even_before_the_room_knows(enter, session, mia):
    guest = enter(mia)
    mia.left_at = timezone.now()
    mia.save()

    client_id = guest.say("One last word.")

    assert guest.wait_for("error", client_id=client_id)["code"] == "forbidden"
    assert stored(session) == []


def test_new_norms_cut_off_whoever_has_not_agreed_to_them(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    mia.cohort.norms_version = 2
    mia.cohort.save()
    theo.norms_agreed_version = 2
    theo.save()

    client_id = mias.say("Before the room knows.")
    assert mias.wait_for("error", client_id=client_id)["code"] == "forbidden"
    began = time.monotonic()
    live.cohort_access_changed(mia.cohort_id)

    assert mias.wait_for_end() == 4403
    assert time.monotonic() - began < 2
    theos.say("I agreed.")
    assert theos.hear_until(1) == [(1, "I agreed.")]
    with pytest.raises(InvalidStatus):
        enter(mia)


def test_a_member_made_observer_reads_on_and_writes_no_more(enter, session, mia):
    guest = enter(mia)
    mia.role, mia.team = "observer", None
    mia.save()

    live.access_changed(mia.pk)

    assert guest.wait_for("state")["may_write"] is False


# ------------------------------------------------------------ who is here, and who is in the way


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
        assert time.monotonic() - began < 2
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
            assert time.monotonic() - began < 2


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
