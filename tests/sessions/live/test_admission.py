"""Who is let into the live room, and who loses access while in it."""

import time

import pytest
from django.test import Client
from django.utils import timezone
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cohort import live
from tests.access.sessions_room import SOCKETS
from tests.access.table import ACTORS
from tests.sessions.live import stored
from tests.sessions.room_server import PATIENCE, PROMPT, cookie_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


# ---------------------------------------------------------------- who is let in


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


# ---------------------------------------------------------------- losing access


def test_a_member_who_is_removed_is_cut_off_at_once(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    theos.say("Hello.")
    mias.hear_until(1)
    mia.left_at = timezone.now()
    mia.save()
    began = time.monotonic()

    live.access_changed(mia.pk)

    assert mias.wait_for_end() == 4403
    assert time.monotonic() - began < PROMPT
    theos.say("Still here.")
    assert theos.hear_until(2)


def test_signing_out_in_another_window_closes_the_room_at_once(enter, session, mia):
    guest = enter(mia)
    client = Client()
    name, _equals, value = guest.cookie.partition("=")
    client.cookies[name] = value
    began = time.monotonic()

    client.logout()

    assert guest.wait_for_end() == 4401
    assert time.monotonic() - began < PROMPT


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
    assert time.monotonic() - began < PROMPT
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
