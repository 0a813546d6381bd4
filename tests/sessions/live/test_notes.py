"""Shared notes over real sockets: two windows, restarts, two processes, and who may not."""

import contextlib
import json
import time

import pytest
from django.utils import timezone
from pycrdt import Doc, Text
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from cohort import live
from sessions import queries
from sessions.models import NOTES_LIMIT
from sessions.services import notes
from tests.access.sessions_room import NOTES_SOCKETS
from tests.access.table import ACTORS
from tests.sessions.room_server import PATIENCE, PROMPT, RoomServer, cookie_of, until, wait_for_rest

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

WANTS, UPDATE = b"\x00", b"\x01"


class Window:
    """Somebody's browser in the notes: its own document, kept through lost connections."""

    def __init__(self, server, session, person, doc=None):
        self.doc: Doc = doc or notes.document()
        self.text: Text = self.doc[notes.ROOT]
        self.told = []
        self.code = None
        url = server.address(session) + "notes/"
        headers = {"Cookie": cookie_of(person)}
        self.socket = connect(url, origin=server.origin, additional_headers=headers)
        self.socket.send(WANTS + self.doc.get_state())

    def hear(self, patience=0.3):
        """Take in whatever comes until it is quiet for a moment."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._take(self.socket.recv(timeout=patience))

    def _take(self, frame):
        if isinstance(frame, str):
            self.told.append(json.loads(frame))
        elif frame[:1] == UPDATE:
            self.doc.apply_update(frame[1:])
        else:
            self.socket.send(UPDATE + self.doc.get_update(frame[1:]))

    def write(self, words, at=None):
        before = self.doc.get_state()
        self.text.insert(len(self.text) if at is None else at, words)
        self.socket.send(UPDATE + self.doc.get_update(before))

    def has(self, words):
        self.hear(0.05)
        return str(self.text) == words

    def end(self):
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            while True:
                self._take(self.socket.recv(timeout=PATIENCE))
        with contextlib.suppress(AttributeError):
            self.code = self.socket.protocol.close_rcvd.code
        return self.code


def meet(*windows, length):
    """Whether all of them show the same text, of this length."""
    for window in windows:
        window.hear(0.05)
    texts = {str(window.text) for window in windows}
    return len(texts) == 1 and len(texts.pop()) == length


@pytest.fixture
def look(server, session):
    windows = []

    def opens(person, **options):
        windows.append(Window(options.pop("at", server), session, person, **options))
        return windows[-1]

    yield opens
    for window in windows:
        window.socket.close()
    wait_for_rest()


def stored(session):
    return queries.notes_of(session).text


@pytest.mark.parametrize("case", NOTES_SOCKETS)
def test_notes_open_for_the_right_people_only(server, cast, case, subtests):
    make, allowed = NOTES_SOCKETS[case]
    place = make(cast)
    url = (
        f"ws://127.0.0.1:{server.port}/ws/c/{place['cohort_slug']}"
        f"/sessions/{place['session_pk']}/notes/"
    )
    for actor in ACTORS:
        with subtests.test(actor):
            user = cast.user(actor)
            headers = {"Cookie": cookie_of(user)} if user else {}
            try:
                with connect(url, origin=server.origin, additional_headers=headers) as socket:
                    may_write = json.loads(socket.recv(timeout=PATIENCE))["may_write"]
            except InvalidStatus:
                may_write = None
            assert may_write == allowed.get(actor)


def test_two_write_at_once_and_both_have_all_of_it_stored_within_five_seconds(
    look,
    session,
    mia,
    theo,
):
    mias, theos = look(mia), look(theo)
    began = time.monotonic()
    mias.write("Buses. ")
    theos.write("Rooms. ")
    until(lambda: meet(mias, theos, length=14))
    until(lambda: len(stored(session)) == 14)

    assert time.monotonic() - began < 5
    assert stored(session) == str(mias.text) == str(theos.text)
    until(lambda: mias.hear() or {"saved"} <= {frame["type"] for frame in mias.told})


def test_what_was_written_while_the_server_was_away_is_merged(look, server, session, mia, theo):
    mias = look(mia)
    mias.write("Before. ")
    until(lambda: stored(session) == "Before. ")
    server.kill()
    mias.text.insert(len(mias.text), "Offline. ")
    notes.replace(session=session, member=theo, version=1, text="Before. Form. ")
    server.start()

    back, theos = look(mia, doc=mias.doc), look(theo)

    until(lambda: meet(back, theos, length=len("Before. Form. Offline. ")))
    assert sorted(str(back.text).split()) == ["Before.", "Form.", "Offline."]
    until(lambda: stored(session) == str(back.text))


def test_the_last_words_of_whoever_leaves_are_stored(look, session, mia):
    window = look(mia)
    window.write("One last thing.")
    window.socket.close()

    until(lambda: stored(session) == "One last thing.")


def test_two_processes_are_one_document(look, session, prefix, mia, theo):
    other = RoomServer(prefix)
    other.start()
    try:
        mias, theos = look(mia), look(theo, at=other)
        mias.hear()
        theos.hear()
        mias.write("one ")
        until(lambda: theos.has("one "))
        theos.write("two")
        until(lambda: mias.has("one two"))
        until(lambda: stored(session) == "one two")
    finally:
        other.kill()


def test_without_redis_two_processes_meet_in_the_database(look, session, prefix, mia, theo):
    servers = [RoomServer(prefix, redis_url="redis://127.0.0.1:1/0") for _n in range(2)]
    for each in servers:
        each.start()
    try:
        mias, theos = look(mia, at=servers[0]), look(theo, at=servers[1])
        mias.write("one")
        until(lambda: theos.has("one"), patience=20)
    finally:
        for each in servers:
            each.kill()


def test_observers_read_along_and_change_nothing(look, session, mia, obi):
    obis, mias = look(obi), look(mia)
    obis.hear()
    obis.write("From the funder.")
    mias.write("Ours.")

    until(lambda: stored(session) == "Ours.")
    obis.hear()
    assert {"type": "error", "code": "forbidden"} in obis.told
    assert mias.has("Ours.")


def test_a_member_who_is_removed_is_cut_off_from_the_notes(look, session, mia):
    window = look(mia)
    window.hear()
    mia.left_at = timezone.now()
    mia.save()
    began = time.monotonic()

    live.access_changed(mia.pk)

    assert window.end() == 4403
    assert time.monotonic() - began < PROMPT


def test_too_much_and_nonsense_are_refused_and_harm_nobody(look, session, mia, theo):
    mias, theos = look(mia), look(theo)
    theos.socket.send(UPDATE + b"\xff\xfe\xfd")
    theos.socket.send(b"\x07")
    theos.socket.send("words")
    theos.hear()
    assert [f["code"] for f in theos.told if f["type"] == "error"] == [
        "bad_frame",
        "unknown_type",
        "unknown_type",
    ]
    mias.write("x" * (NOTES_LIMIT + 1))
    assert mias.end() == 4413
    theos.write("Still here.")
    until(lambda: stored(session) == "Still here.")
