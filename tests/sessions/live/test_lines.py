"""One order for all, nothing lost, nothing doubled."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

import sessions.live
from sessions.models import ChatMessage, Room
from sessions.services import chat
from tests.factories import MembershipFactory
from tests.sessions.live import stored

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


# ---------------------------------------------------------------- what is said


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


# ---------------------------------------------------------------- coming back


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
