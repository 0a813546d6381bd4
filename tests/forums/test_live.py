"""An open thread's socket on a real server: it hears that replies came, as long as one may read."""

import contextlib
import json
import time

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from cohort import live
from cohort.models import Cohort, Membership
from cohort.session_store import SessionStore
from forums import services
from forums.models import Thread
from tests.access.forums_reading import SOCKETS
from tests.access.table import ACTORS
from tests.factories import SpaceFactory, ThreadFactory
from tests.sessions.room_server import PATIENCE, cookie_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

SIGNED_OUT, FORBIDDEN, ANSWER_FIRST, TOO_FAST = 4401, 4403, 4412, 4429


class Page:
    """A browser's open page of a thread, as its socket sees it."""

    def __init__(self, server, place, person, *, origin=None, cookie=None):
        self.cookie = cookie or (cookie_of(person) if person else "")
        self._open = contextlib.ExitStack()
        self.socket = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{server.port}/ws/c/{place['cohort_slug']}"
                f"/discussions/{place['thread_pk']}/",
                origin=server.origin if origin is None else origin,
                additional_headers={"Cookie": self.cookie} if self.cookie else {},
                open_timeout=PATIENCE,
            )
        )

    def hear(self):
        return json.loads(self.socket.recv(timeout=PATIENCE))

    def end(self):
        """The code with which the server closes."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return closed.rcvd.code

    def shut(self):
        self._open.close()


@pytest.fixture
def thread(cohort, mia):
    return ThreadFactory(space=SpaceFactory(cohort=cohort), author=mia)


@pytest.fixture
def turn_to(server, thread):
    """Opens the thread's page as somebody, once it hears."""
    pages = []

    def turns(person, place=None, **options):
        own = {"cohort_slug": thread.cohort.slug, "thread_pk": thread.pk}
        page = Page(server, place or own, person, **options)
        pages.append(page)
        page.hello = page.hear()
        # It has an ear on the layer a moment after it is open.
        time.sleep(0.3)
        return page

    yield turns
    for page in pages:
        page.shut()


@pytest.mark.parametrize("case", SOCKETS)
def test_socket_opens_for_the_right_people_only(server, cast, case, subtests):
    make, allowed = SOCKETS[case]
    place = make(cast)
    for actor in ACTORS:
        with subtests.test(actor):
            try:
                page = Page(server, place, cast.user(actor))
                is_let_in = page.hear()["type"] == "hello"
                page.shut()
            except InvalidStatus:
                is_let_in = False
            assert is_let_in == (actor in allowed)


def test_another_origin_cohort_or_cookie_opens_nothing(turn_to, thread, mia, olga):
    for options in ({"origin": "https://evil.example.org"}, {"cookie": "sessionid=" + "x" * 32}):
        with pytest.raises(InvalidStatus):
            turn_to(mia, **options)
    with pytest.raises(InvalidStatus):
        turn_to(olga, {"cohort_slug": "autumn", "thread_pk": thread.pk})


def test_a_reply_is_told_by_its_number_and_nothing_else(turn_to, thread, theo, obi):
    pages = [turn_to(theo), turn_to(obi)]
    assert pages[0].hello == {"type": "hello", "number": 1}

    services.publish_reply(thread=thread, author=theo, body="<p>Secret words.</p>")
    for page in pages:
        assert page.hear() == {"type": "number", "number": 2}


def test_what_is_rolled_back_is_not_told(turn_to, thread, theo):
    page = turn_to(theo)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        services.publish_reply(thread=thread, author=theo, body="<p>Never.</p>")
        raise ZeroDivisionError
    services.publish_reply(thread=thread, author=theo, body="<p>This one.</p>")
    assert page.hear() == {"type": "number", "number": 2}
    assert thread.posts.count() == 2


def lost_role(cast, thread):
    """The thread stands where only facilitators read: told by the move."""
    back = SpaceFactory(cohort=cast.cohort, audience="facilitators")
    services.move_thread(thread=thread, space=back, by=cast.fay)


def left(cast, thread):
    Membership.objects.filter(pk=cast.theo.pk).update(left_at=timezone.now())
    live.access_changed(cast.theo.pk)


def new_norms(cast, thread):
    Cohort.objects.filter(pk=cast.cohort.pk).update(norms_version=9)
    live.cohort_access_changed(cast.cohort.pk)


def asked_first(cast, thread):
    services.ask_answers_first(thread=thread, by=cast.fay)


def deactivated(cast, thread):
    cast.theo.user.is_active = False
    cast.theo.user.save()
    live.user_access_changed(cast.theo.user_id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lost_role, FORBIDDEN),
        (left, FORBIDDEN),
        (new_norms, FORBIDDEN),
        (asked_first, ANSWER_FIRST),
        (deactivated, FORBIDDEN),
    ],
)
def test_who_may_not_read_any_more_hears_no_more(turn_to, cast, thread, change, code):
    page = turn_to(cast.theo)
    change(cast, thread)
    assert page.end() == code


def test_a_sign_out_closes_the_page(turn_to, theo):
    page = turn_to(theo)
    SessionStore(page.cookie.split("=")[1]).flush()
    assert page.end() == SIGNED_OUT


def test_whoever_stays_stays(turn_to, cast, thread):
    page = turn_to(cast.theo)
    live.cohort_access_changed(cast.cohort.pk)
    time.sleep(1.5)
    services.publish_reply(thread=thread, author=cast.theo, body="<p>Still here.</p>")
    assert page.hear() == {"type": "number", "number": 2}


def test_a_page_that_talks_is_let_go(turn_to, theo):
    page = turn_to(theo)
    with contextlib.suppress(ConnectionClosed):
        for _n in range(150):
            page.socket.send("hello")
    assert page.end() == TOO_FAST


def test_a_reply_is_told_once_it_is_readable(turn_to, thread, theo):
    """Asked for at once, the page has it."""
    page = turn_to(theo)
    services.publish_reply(thread=thread, author=theo, body="<p>There.</p>")
    number = page.hear()["number"]
    assert Thread.objects.get(pk=thread.pk).last_number == number
