"""Files by the event loop: real sockets, and readers as slow as they like."""

import re
import socket
import threading
import time
from http.client import HTTPConnection

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse

from cohort.files import answers, check_upload, handler
from cohort.files.handler import FilesHandler, gives_files
from resources.models import Resource
from resources.services import add_resource
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
BASE = django_settings.BASE_DIR
# More than the buffers on a socket's way take.
LARGE = b"0123456789abcdef" * (16 * 1024 * 1024 // 16)


@pytest.fixture(scope="module")
def port():
    config = uvicorn.Config(
        FilesHandler(), port=free_port(), lifespan="off", log_level="critical", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield config.port
    server.force_exit = server.should_exit = True
    thread.join()


def until(ready, patience: float = 10):
    ends = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def kept(cast):
    """A file in the library, and its address: `kept(mia, b"…")`."""

    def added(member, data):
        resource = add_resource(
            added_by=member, title="Digits", kind=Resource.Kind.ARTICLE, themes=[],
            file=check_upload(ContentFile(data, "digits.txt")),
        )  # fmt: skip
        return reverse("resources:resource_download", args=[cast.cohort.slug, resource.pk])

    return added


def cookie(client) -> str:
    return f"sessionid={client.cookies['sessionid'].value}" if client.cookies else ""


def ask(port, client, address, method="GET", **headers):
    reader = HTTPConnection("127.0.0.1", port, timeout=10)
    reader.request(method, address, headers={"Cookie": cookie(client), **headers})
    answer = reader.getresponse()
    return answer.status, answer.headers, answer.read()


def dawdle(port, client, address) -> socket.socket:
    """Ask for a file and take its beginning alone."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie(client)}\r\n\r\n".encode()
    )
    assert reader.recv(12) == b"HTTP/1.1 200"
    return reader


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("HEAD", {}),
        ("OPTIONS", {}),
        ("GET", {"Range": "bytes=2-4"}),
        ("GET", {"Range": "bytes=90-"}),
        ("GET", {"Content-Type": "text/plain; charset=rot13"}),
    ],
)
def test_the_answer_is_that_of_the_page_server(browse, cast, port, kept, method, headers):
    address = kept(cast.mia, b"0123456789")
    for person in (cast.obi, cast.olga, cast.outsider):
        client = browse(person)
        page = client.generic(method, address, headers=headers)
        body = page.getvalue() if method != "HEAD" else b""

        status, told, given = ask(port, client, address, method, **headers)

        assert (status, given) == (page.status_code, body)
        assert lasting(told) == lasting(page.headers)


def lasting(headers):
    """Without what differs from answer to answer, and what a server adds."""
    passing = ("date", "server", "transfer-encoding", "expires", "set-cookie", "content-length")
    return {
        name.lower(): re.sub(r"'nonce-[^']+'", "", str(value))
        for name, value in headers.items()
        if name.lower() not in passing
    }


def test_whoever_is_not_signed_in_is_asked_to(client, cast, port, kept):
    status, told, _body = ask(port, client, kept(cast.mia, b"0123456789"))
    assert (status, told["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_slow_readers_hold_no_thread_and_no_connection(browse, cast, port, kept, monkeypatch):
    monkeypatch.setattr(answers.downloads, "most", 100)
    mia, address = browse(cast.mia), kept(cast.mia, LARGE)
    small = kept(cast.mia, b"0123456789")
    ask(port, mia, small)
    threads = threading.active_count()
    before = connection.pool.get_stats()
    in_use = before["pool_size"] - before["pool_available"]

    readers = [dawdle(port, mia, address) for _ in range(30)]
    try:
        status, _headers, body = ask(port, mia, small)
        after = connection.pool.get_stats()
        most = handler.VIEWS_AT_ONCE + handler.READS_AT_ONCE

        assert (status, body) == (200, b"0123456789")
        assert after["pool_size"] - after["pool_available"] == in_use
        assert threading.active_count() - threads <= most < len(readers)
    finally:
        for reader in readers:
            reader.close()
    until(lambda: not answers.downloads._taken[cast.mia.user_id])


def test_a_slow_reader_gets_every_byte(browse, cast, port, kept):
    reader = HTTPConnection("127.0.0.1", port, timeout=10)
    reader.request("GET", kept(cast.mia, LARGE), headers={"Cookie": cookie(browse(cast.mia))})
    answer = reader.getresponse()
    pieces = [answer.read(100_000)]
    time.sleep(0.3)
    assert b"".join([*pieces, answer.read()]) == LARGE


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="no such option here")
def test_a_file_is_read_as_it_is_taken_and_not_into_the_kernel(
    browse, cast, port, kept, monkeypatch
):
    drawn = []

    def counted(pieces):
        drawn.append(len(piece := next(pieces, b"")))
        return piece or None

    monkeypatch.setattr(handler, "_next", counted)
    reader = dawdle(port, browse(cast.mia), kept(cast.mia, LARGE))
    until(lambda: sum(drawn) > handler.UNSENT)
    time.sleep(0.5)

    assert sum(drawn) < len(LARGE) // 8
    reader.close()
    until(lambda: not answers.downloads._taken[cast.mia.user_id])


def test_one_person_gets_so_many_files_at_once_and_others_theirs(browse, cast, port, kept):
    mia, address = browse(cast.mia), kept(cast.mia, LARGE)
    readers = [dawdle(port, mia, address) for _ in range(answers.DOWNLOADS_AT_ONCE)]

    status, headers, body = ask(port, mia, address)
    others, _headers, _body = ask(port, browse(cast.tia), address, "HEAD")

    assert (status, headers["Retry-After"], others) == (429, "30", 200)
    assert b"Several of your downloads are still under way" in body
    readers[0].close()
    until(lambda: answers.downloads.has_room(cast.mia.user_id))
    assert ask(port, mia, address)[0] == 200
    for reader in readers:
        reader.close()


def test_a_reader_who_takes_nothing_is_let_go(browse, cast, port, kept, monkeypatch):
    monkeypatch.setattr(handler, "PATIENCE", 0.3)
    reader = dawdle(port, browse(cast.mia), kept(cast.mia, LARGE))
    until(lambda: not answers.downloads._taken[cast.mia.user_id])
    reader.close()


def test_a_file_that_breaks_off_is_not_taken_for_whole(browse, cast, port, kept, monkeypatch):
    def broken(_content, _stretch):
        yield b"01"
        raise OSError("the disk is gone")

    monkeypatch.setattr(answers, "_read", broken)
    reader = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Cookie": cookie(browse(cast.mia)), "Range": "bytes=0-8"}
    reader.request("GET", kept(cast.mia, b"0123456789"), headers=headers)
    with pytest.raises(Exception, match="IncompleteRead"):
        reader.getresponse().read()


def test_the_proxy_sends_the_same_addresses_here_as_small_sites_do():
    proxy = (BASE / "deploy" / "Caddyfile").read_text()
    assert re.findall(r"@files path_regexp (\S+)", proxy) == [handler.GIVES_FILES]


def test_what_gives_files_comes_here_and_pages_do_not():
    where = {"cohort_slug": "spring", "resource_pk": 7}
    files = [
        reverse("resources:resource_download", kwargs=where),
        reverse("resources:version_download", kwargs={**where, "number": 2}),
        reverse("resources:selection_zip", args=["spring"]),
        reverse("resources:library_zip", args=["spring"]),
        reverse(
            "forums:attachment",
            args=["spring", "0f8fad5b-d9cb-469f-a165-70867728950e"],
        ),
    ]
    pages = [
        reverse("resources:resource_detail", kwargs=where),
        reverse("resources:page_picture", kwargs={**where, "number": 2, "page": 1}),
        reverse("forums:attachment_create", args=["spring"]),
        "/c/spring/attachments/file/x",
        "/file/",
    ]
    assert [gives_files(path) for path in files + pages] == [True] * 5 + [False] * 5
