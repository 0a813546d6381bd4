"""A real server on this machine that answers as each test says, byte by byte if need be."""

import socket
import threading
from contextlib import suppress

import pytest


class Site:
    """`site.say(b"HTTP/1.1 200 OK…")` answers all that asks; `site.asked` are the requests."""

    def __init__(self, tls=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.tls = tls
        self.asked = []
        self.answer = lambda link, request: None
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def say(self, *answers):
        """One answer after the other, the last for ever."""
        left = list(answers)
        self.answer = lambda link, _request: link.sendall(left.pop(0) if left[1:] else left[0])

    def page(self, html, content_type="text/html; charset=utf-8", more=""):
        body = html.encode() if isinstance(html, str) else html
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        self.say(f"{head}{more}\r\n".encode() + body)

    def _serve(self):
        while True:
            try:
                link, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[link], daemon=True).start()

    def _answer(self, link):
        with suppress(OSError), link:
            if self.tls:
                link = self.tls.wrap_socket(link, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request and (more := link.recv(4096)):
                request += more
            self.asked.append(request.decode("latin-1"))
            self.answer(link, request)
            with suppress(OSError):
                link.shutdown(socket.SHUT_WR)
                link.recv(1)


@pytest.fixture
def make_site():
    sites = []

    def make(tls=None):
        sites.append(Site(tls))
        return sites[-1]

    yield make
    for site in sites:
        site.listener.close()


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def names(monkeypatch):
    """What names mean here: {"school.example": ["93.184.215.14"]}; asked each time."""
    import dns.resolver
    from dns.rdatatype import AAAA, A

    known = {}

    class Record:
        def __init__(self, address):
            self.address = address

    class Reply:
        def __init__(self, addresses):
            self.rrset = [Record(address) for address in addresses]

    def resolve(host, kind, **options):
        if host not in known:
            raise dns.resolver.NXDOMAIN
        meant = known[host]
        meant = meant.pop(0) if meant and isinstance(meant[0], list) else meant
        assert kind in (A, AAAA)
        return Reply([a for a in meant if (":" in a) == (kind == AAAA)])

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    return known
