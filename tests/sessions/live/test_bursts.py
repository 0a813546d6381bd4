"""Much at once, over real sockets: a burst of lines, and a reader who was stopped amid one."""

import signal
import subprocess
import sys
import uuid
from contextlib import contextmanager

import pytest

import sessions.live
from sessions.hub.lines import REPLAY_LIMIT
from sessions.models import ChatMessage, Room
from tests.factories import MembershipFactory
from tests.sessions.live import stored
from tests.sessions.room_server import cookie_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

PATIENCE = 90
SPEAKERS, EACH = 40, 10  # nobody may say more than ten lines in ten seconds
# More than a socket's queue, its server's buffer and the kernel's largest ones hold together.
LINES, PIECE, LONG = 1_500, 100, "語" * 4_000


def test_a_burst_over_forty_sockets_reaches_whoever_stays_and_whoever_comes_back(
    enter,
    session,
    cohort,
    mia,
    theo,
):
    speakers = [enter(person) for person in MembershipFactory.create_batch(SPEAKERS, cohort=cohort)]
    mias, theos = enter(mia), enter(theo)
    for number in range(EACH):
        for speaker in speakers:
            speaker.say(f"no {number}")

    first = theos.hear_until(50, PATIENCE)
    theos.leave()
    second = enter(theo, after=50).hear_until(250, PATIENCE)
    third = enter(theo, after=250).hear_until(SPEAKERS * EACH, PATIENCE)

    lines = stored(session)
    assert [seq for seq, _text in lines] == list(range(1, SPEAKERS * EACH + 1))
    assert mias.hear_until(SPEAKERS * EACH, PATIENCE) == lines
    assert first[:50] + second[:200] + third == lines
    for speaker in speakers:
        speaker.hear_until(SPEAKERS * EACH, PATIENCE)
        acks = [frame["seq"] for frame in speaker.heard if frame["type"] == "ack"]
        mine = [line["seq"] for line in speaker.lines if line["by"]["id"] == speaker.hello["you"]]
        assert acks == mine
        assert len(acks) == EACH


class Stoppable:
    """`stopped_reader` as its process, and the places it has printed."""

    def __init__(self, server, session, person, after):
        place = [server.address(session), server.origin, cookie_of(person), str(after)]
        module = [sys.executable, "-m", "tests.sessions.stopped_reader", *place]
        self.process = subprocess.Popen(module, stdout=subprocess.PIPE, text=True)

    def read(self):
        return self.process.stdout.readline().strip()

    def read_until(self, word):
        return list(iter(self.read, word))


@contextmanager
def reading(*place):
    reader = Stoppable(*place)
    try:
        yield reader
    finally:
        reader.process.kill()
        reader.process.communicate()


def put(session, member, last, text):
    """Lines up to a place, as if they had been said; the room reads them from the database."""
    first = Room.objects.get(pk=session.pk).last_seq + 1
    ChatMessage.objects.bulk_create(
        ChatMessage(room_id=session.pk, seq=seq, sender=member, client_id=uuid.uuid4(), body=text)
        for seq in range(first, last + 1)
    )
    Room.objects.filter(pk=session.pk).update(last_seq=last)
    sessions.live.room_changed(session.pk)


def test_a_stopped_reader_costs_nobody_and_comes_back_to_all_of_it(
    enter,
    server,
    session,
    mia,
    theo,
):
    mias = enter(mia)
    mias.say("before")
    with reading(server, session, theo, 0) as theos:
        assert theos.read() == "1"
        mias.wait_for("here", count=2)
        theos.process.send_signal(signal.SIGSTOP)
        for last in range(PIECE, LINES + 1, PIECE):
            put(session, mia, last, LONG)
            heard = [seq for seq, _text in mias.hear_until(last, PATIENCE)]
            assert heard == [*range(1, last + 1)]
        if [frame["count"] for frame in mias.heard if frame["type"] == "here"][-1] != 1:
            mias.wait_for("here", PATIENCE, count=1)  # while it still stands still
        assert mias.wait_for("ack", client_id=mias.say("after"))["seq"] == LINES + 1

        theos.process.send_signal(signal.SIGCONT)
        had = [1, *map(int, theos.read_until("end"))]
    assert had == [*range(1, len(had) + 1)]
    assert len(had) < LINES
    # Whoever is further behind than that fetches the page first.
    since = max(had[-1], LINES + 1 - REPLAY_LIMIT)
    rest = enter(theo, after=since).hear_until(LINES + 1, PATIENCE)
    assert [seq for seq, _text in rest] == [*range(since + 1, LINES + 2)]
