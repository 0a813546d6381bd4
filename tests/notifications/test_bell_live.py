"""The bell's socket on a real server: a number, for whoever may have it."""

import contextlib
import json
import time

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from cohort import live
from cohort.models import Cohort, Membership
from cohort.session_store import SessionStore
from notifications import bell
from notifications.bells import SOCKETS_PER_USER
from tests.access.table import ACTORS
from tests.sessions.room_server import PATIENCE, cookie_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

SIGNED_OUT, FORBIDDEN, TOO_MANY, TOO_FAST = 4401, 4403, 4409, 4429


class Page:
    """A browser's open page, as its bell's socket sees it."""

    def __init__(self, server, person, cohort="spring", *, origin=None, cookie=None):
        self.cookie = cookie or (cookie_of(person) if person else "")
        self._open = contextlib.ExitStack()
        self.socket = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{server.port}/ws/c/{cohort}/bell/",
                origin=server.origin if origin is None else origin,
                additional_headers={"Cookie": self.cookie} if self.cookie else {},
                open_timeout=PATIENCE,
            )
        )

    def hear(self):
        return json.loads(self.socket.recv(timeout=PATIENCE))

    def hears(self, unread):
        """Wait for a number; each that comes before is an older one."""
        while (heard := self.hear()) != {"unread": unread}:
            pass
        return heard

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
def open_page(server):
    pages = []

    def opens(person, *args, **options):
        page = Page(server, person, *args, **options)
        pages.append(page)
        return page

    yield opens
    for page in pages:
        page.shut()


def ring(member, item=2, group="thread:1"):
    bell.ring("forums.reply", [member], group, [item])


def test_socket_opens_for_members_only(server, cast, subtests):
    for actor in ACTORS:
        with subtests.test(actor):
            try:
                page = Page(server, cast.user(actor))
                is_let_in = page.hear() == {"unread": 0}
                page.shut()
            except InvalidStatus:
                is_let_in = False
            assert is_let_in == (actor in {"obi", "mia", "theo", "tia", "fay"})


def test_another_origin_or_cookie_opens_nothing(server, mia, cast):
    for options in ({"origin": "https://evil.example.org"}, {"cookie": "sessionid=" + "x" * 32}):
        with pytest.raises(InvalidStatus):
            Page(server, mia, **options)
    with pytest.raises(InvalidStatus):
        Page(server, mia, "autumn")


def test_every_page_of_a_member_hears_the_number_and_nothing_else(open_page, mia, theo):
    ring(mia)
    pages = [open_page(mia), open_page(mia), open_page(theo)]
    assert [page.hear() for page in pages] == [{"unread": 1}, {"unread": 1}, {"unread": 0}]
    time.sleep(0.5)
    ring(mia, group="thread:2")
    assert [page.hear() for page in pages[:2]] == [{"unread": 2}, {"unread": 2}]
    bell.seen(mia, "thread:1")
    assert [page.hear() for page in pages[:2]] == [{"unread": 1}, {"unread": 1}]
    with contextlib.suppress(TimeoutError):
        while True:  # now and then the same, to show that the line stands
            assert json.loads(pages[2].socket.recv(timeout=0.5)) == {"unread": 0}


def left(mia):
    Membership.objects.filter(pk=mia.pk).update(left_at=timezone.now())
    live.access_changed(mia.pk)


def new_norms(mia):
    Cohort.objects.filter(pk=mia.cohort_id).update(norms_version=9)
    live.cohort_access_changed(mia.cohort_id)


def deactivated(mia):
    mia.user.is_active = False
    mia.user.save()
    live.user_access_changed(mia.user_id)


@pytest.mark.parametrize(
    ("change", "code"), [(left, FORBIDDEN), (new_norms, FORBIDDEN), (deactivated, SIGNED_OUT)]
)
def test_who_may_not_listen_any_more_hears_no_more(open_page, mia, change, code):
    page = open_page(mia)
    page.hear()
    time.sleep(0.5)
    change(mia)
    assert page.end() == code


def test_a_change_that_was_not_told_is_seen_with_the_next_number(open_page, mia):
    page = open_page(mia)
    page.hear()
    time.sleep(0.5)
    Membership.objects.filter(pk=mia.pk).update(left_at=timezone.now())
    ring(mia)
    assert page.end() == FORBIDDEN


def test_a_sign_out_closes_the_page(open_page, mia):
    page = open_page(mia)
    page.hear()
    time.sleep(0.5)
    SessionStore(page.cookie.split("=")[1]).flush()
    assert page.end() == SIGNED_OUT


def test_whoever_talks_or_opens_too_many_is_let_go(open_page, mia):
    page = open_page(mia)
    with contextlib.suppress(ConnectionClosed):
        for _n in range(200):
            page.socket.send("{}")
    assert page.end() == TOO_FAST
    for _n in range(SOCKETS_PER_USER):
        open_page(mia).hear()
    assert open_page(mia).end() == TOO_MANY
