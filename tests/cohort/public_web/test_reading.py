import socket
import ssl
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cohort.public_web import NotPublic, NotRead, Status, check, fetch, reading
from cohort.public_web.reading import MOST_BYTES


def test_a_page_is_read_with_nothing_of_ours_but_the_sites_address(site, settings):
    settings.BASE_URL = "https://cohort.example.org"
    site.page("<title>Hello</title>")
    answer = fetch(f"{site.url}guide?x=1", loopback=True)
    assert (answer.url, answer.status, answer.content_type, answer.body) == (
        f"{site.url}guide?x=1", 200, "text/html; charset=utf-8", b"<title>Hello</title>",
    )  # fmt: skip
    (asked,) = site.asked
    assert asked == (
        "GET /guide?x=1 HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{site.port}\r\n"
        "User-Agent: Cohort (+https://cohort.example.org)\r\n"
        "Accept: text/html,*/*;q=0.5\r\n"
        "Accept-Encoding: identity\r\n"
        "Connection: close\r\n\r\n"
    )


def test_without_leave_this_machine_is_not_asked(site):
    with pytest.raises(NotPublic):
        fetch(site.url)
    assert site.asked == []


def test_a_name_means_the_machine_that_was_checked_however_it_changes(site, names, monkeypatch):
    """The name is looked up once, and the connection goes to what was looked at."""
    names["school.example"] = [["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]]
    opened = []

    def connect(address, timeout):
        opened.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(reading.socket, "create_connection", connect)
    with pytest.raises(NotRead):
        fetch("http://school.example/")
    assert opened == [("93.184.215.14", 80)]


def test_redirects_are_followed_four_times_and_no_more(site):
    hop = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
    end = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    site.say(hop, hop, hop, hop, end)
    assert fetch(site.url, loopback=True).body == b"ok"
    site.say(hop)
    with pytest.raises(NotRead, match="redirects"):
        fetch(site.url, loopback=True)
    assert len(site.asked) == 5 + 5


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "//[::1"]
)
def test_a_redirect_to_where_we_do_not_ask_is_not_followed(site, target):
    site.say(f"HTTP/1.1 301 Moved\r\nLocation: {target}\r\n\r\n".encode())
    with pytest.raises(NotRead):
        fetch(site.url, loopback=True)
    assert len(site.asked) == 1


def test_a_redirect_from_a_public_site_to_this_machine_is_not_followed(site, names, monkeypatch):
    """`loopback` is not given: the first hop is let through by hand, the second must not be."""
    names["school.example"] = ["93.184.215.14"]
    straight = socket.create_connection
    monkeypatch.setattr(
        reading.socket,
        "create_connection",
        lambda _address, timeout: straight(("127.0.0.1", site.port), timeout=timeout),
    )
    site.say(f"HTTP/1.1 302 Found\r\nLocation: {site.url}\r\n\r\n".encode())
    with pytest.raises(NotPublic):
        fetch("http://school.example/")
    assert len(site.asked) == 1


def drip(data, every):
    def answer(link, _request):
        for at in range(len(data)):
            link.sendall(data[at : at + 1])
            time.sleep(every)

    return answer


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 5_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 500,
        b"\r\n",
    ],
)
def test_a_site_that_drips_or_says_nothing_costs_the_time_and_no_more(site, data):
    site.answer = drip(data, 0.02)
    begun = time.monotonic()
    with pytest.raises(NotRead):
        fetch(site.url, seconds=0.3, loopback=True)
    assert time.monotonic() - begun < 5


def test_a_handshake_that_never_ends_costs_the_time_and_no_more(site):
    site.answer = lambda link, _request: time.sleep(8)
    reading.trust()
    begun = time.monotonic()
    with pytest.raises(NotRead):
        fetch(f"https://127.0.0.1:{site.port}/", seconds=0.3, loopback=True)
    assert time.monotonic() - begun < 5


def test_an_endless_page_is_read_to_half_a_megabyte(site):
    def answer(link, _request):
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Long</title>")
        while True:
            link.sendall(b"x" * 65536)

    site.answer = answer
    body = fetch(site.url, loopback=True).body
    assert (body[:19], len(body)) == (b"<title>Long</title>", MOST_BYTES)


def test_a_page_that_breaks_off_is_read_as_far_as_it_came(site):
    site.say(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<title>Half")
    assert fetch(site.url, loopback=True).body == b"<title>Half"


def packed(data, wbits=31):
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(data) + packer.flush()


def test_what_was_packed_unasked_is_unpacked_to_half_a_megabyte(site):
    site.page(packed(b"<title>Small</title>"), more="Content-Encoding: gzip\r\n")
    assert fetch(site.url, loopback=True).body == b"<title>Small</title>"
    site.page(packed(b"\0" * 200_000_000), more="Content-Encoding: gzip\r\n")
    assert fetch(site.url, loopback=True).body == b"\0" * MOST_BYTES
    site.page(b"no gzip", more="Content-Encoding: gzip\r\n")
    assert fetch(site.url, loopback=True).body == b""


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n",
        b"\x16\x03\x01" * 50,
    ],
)
def test_what_is_no_answer_is_not_read(site, answer):
    site.say(answer)
    with pytest.raises(NotRead):
        fetch(site.url, loopback=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Of a made authority, for school.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "school.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("school.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "school.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def secure_site(make_site, certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates)
    return make_site(context)


def test_a_secure_site_must_prove_the_name_it_was_asked_by(
    secure_site, certificates, names, monkeypatch
):
    trusting = ssl.create_default_context(cafile=certificates)
    names.update({"school.example": ["127.0.0.1"], "bank.example": ["127.0.0.1"]})
    secure_site.page("<title>Safe</title>")
    at = f"school.example:{secure_site.port}/"

    with pytest.raises(NotRead, match="SSLCertVerificationError"):  # an authority nobody knows
        fetch(f"https://{at}", loopback=True)
    monkeypatch.setattr(reading, "trust", lambda: trusting)
    assert fetch(f"https://{at}", loopback=True).body == b"<title>Safe</title>"
    with pytest.raises(NotRead, match="SSLCertVerificationError"):
        fetch(f"https://bank.example:{secure_site.port}/", loopback=True)
    assert [request.split("\r\n")[1] for request in secure_site.asked] == [f"Host: {at[:-1]}"]


def test_the_environments_proxies_are_not_used_and_the_settings_is(
    site, make_site, settings, monkeypatch
):
    proxy = make_site()
    asked = []

    def tunnel(link, request):
        asked.append(request.decode().split("\r\n")[0])
        link.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", site.port)) as far:
            far.sendall(link.recv(4096))
            while data := far.recv(4096):
                link.sendall(data)

    proxy.answer = tunnel
    site.page("there")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    assert fetch(site.url, loopback=True).body == b"there"
    assert asked == []
    settings.PUBLIC_WEB_PROXY = proxy.url
    assert fetch(site.url, loopback=True).body == b"there"
    assert asked == [f"CONNECT 127.0.0.1:{site.port} HTTP/1.1"]
    with pytest.raises(NotPublic):
        fetch("http://10.0.0.1/")

    proxy.say(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(NotRead, match="refused"):
        fetch(site.url, loopback=True)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("200 OK", Status.FINE),
        ("304 Not Modified", Status.FINE),
        ("401 Unauthorized", Status.FINE),
        ("403 Forbidden", Status.FINE),
        ("404 Not Found", Status.GONE),
        ("410 Gone", Status.GONE),
        ("429 Too Many Requests", Status.FINE),
        ("503 Service Unavailable", Status.AWAY),
        ("999 Request denied", Status.FINE),
    ],
)
def test_a_link_is_checked_by_its_head_alone(site, line, status):
    site.say(f"HTTP/1.1 {line}\r\nContent-Length: 999999\r\n\r\n".encode())
    assert check(site.url, loopback=True) == status


def test_links_to_nowhere_to_nobody_and_to_inside(site, names):
    assert check("https://gone.example/") == Status.GONE
    assert check(site.url) == Status.CLOSED
    site.listener.close()
    assert check(site.url, loopback=True) == Status.AWAY


def test_no_reading_leaves_a_socket_or_a_thread_behind(site):
    site.page("x" * 1000)
    fetch(site.url, loopback=True)
    before = threading.active_count()
    for _ in range(5):
        fetch(site.url, loopback=True)
    assert threading.active_count() <= before + 1
