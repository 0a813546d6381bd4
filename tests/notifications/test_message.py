import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications import outbox, registry
from notifications.message import build, one_line
from notifications.mime import as_bytes, bare_address
from notifications.models import Delivery
from notifications.registry import Kind, Mail

COMMON = {"Message-ID", "X-Auto-Response-Suppress", "Date", "From", "To", "Subject"}
COMMON |= {"MIME-Version", "Content-Type"}
LIST = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}


def parsed(delivery, mail):
    data = as_bytes(build(delivery, mail, "mia@example.org"))
    return message_from_bytes(data, policy=policy.default)


@pytest.fixture
def delivery(notes, mia):
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    return Delivery.objects.select_related("cohort").get()


def of_kind(delivery, monkeypatch, topic):
    kind = Kind("of-class", "Of a class", lambda d: [], topic=topic)
    monkeypatch.setitem(registry.kinds, "of-class", kind)
    delivery.kind = "of-class"
    return delivery


@pytest.mark.parametrize(
    ("topic", "mail", "more"),
    [
        ("edition", {"sender": "digest"}, LIST | {"Auto-Submitted"}),
        ("notes", {"sender": "notify"}, LIST | {"Auto-Submitted"}),
        ("notes", {"author": "Ana Ruiz"}, LIST | {"Precedence"}),
        (None, {"sender": "account", "author": "Fay"}, {"Auto-Submitted"}),
        (None, {"sender": "calendar", "calendar": ("REQUEST", b"BEGIN:VCALENDAR\r\n")}, set()),
    ],
    ids=["edition", "reminder", "discussion", "account", "calendar"],
)
def test_each_class_of_mail_has_exactly_its_headers(delivery, monkeypatch, topic, mail, more):
    message = parsed(of_kind(delivery, monkeypatch, topic), Mail("S", "t", "<p>h</p>", **mail))
    assert set(message.keys()) == COMMON | more


def test_the_headers_of_a_list(delivery, settings):
    message = parsed(delivery, Mail("S", "t", "<p>h</p>", author="Ana Ruiz"))
    assert message["From"] == "Ana Ruiz via Cohort <notify@example.org>"
    assert message["List-Id"] == "<spring.notes.example.org>"
    assert message["List-Unsubscribe"].startswith(f"<{settings.BASE_URL}/u/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply, RN, NRN"


def test_text_comes_first_then_html_then_the_calendar(delivery):
    calendar = ("REQUEST", "BEGIN:VCALENDAR\r\nSUMMARY:Café\r\n".encode())
    message = parsed(delivery, Mail("S", "t", "<p>h</p>", calendar=calendar))
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert dict(parts[2]["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert parts[2].get_content_disposition() is None


HOSTILE = [
    "Hello\r\nBcc: all@example.org",
    "Bank <security@bank.example>",
    '"quoted" \\ (comment)',
    "\u202egro.elpmaxe@nimda",
    "Zoë Ruíz\u2028X-Header: 1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_subjects_add_nothing(delivery, text):
    message = parsed(delivery, Mail(text, "t", "<p>h</p>", author=text))
    assert set(message.keys()) == COMMON | LIST | {"Precedence"}
    assert parseaddr(message["From"])[1] == "notify@example.org"
    assert "@" not in parseaddr(str(message["From"]))[0]
    assert "\u202e" not in message["From"] + message["Subject"]


@hypothesis(deadline=None)
@given(st.text(max_size=400), st.integers(2, 200))
def test_one_line_is_one_line(text, limit):
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([], [line])


@hypothesis(deadline=None)
@given(subject=st.text(max_size=300), author=st.text(max_size=300))
def test_no_text_breaks_a_header(subject, author):
    delivery = Delivery(kind="cohort.invitation", message_id="<1@example.org>")
    data = as_bytes(build(delivery, Mail(subject, "t", "h", author=author), "mia@example.org"))
    lines = data.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = {line.split(b":")[0] for line in lines if not line.startswith((b" ", b"\t"))}
    assert names <= {name.encode() for name in COMMON | {"Auto-Submitted", "Precedence"}}
    assert max(map(len, lines)) <= 998


# Python's own generator cannot write these, and its reader has other ends of lines.
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=1_500)


def decoded(name):
    return str(make_header(decode_header(name)))


def as_python_reads(data):
    message = message_from_bytes(data, policy=policy.default)
    assert not any(part.defects for part in message.walk())
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n"))
        for part in message.iter_parts()
    ]


@hypothesis(deadline=None)
@given(text=WORDS, html=WORDS, subject=st.text(max_size=300), author=st.text(max_size=300))
def test_whatever_is_said_is_read_as_it_was_written(text, html, subject, author):
    delivery = Delivery(kind="cohort.invitation", message_id="<1@example.org>")
    calendar = ("REQUEST", f"SUMMARY:{html}".encode())
    mail = Mail(subject, text, html, author=author, calendar=calendar, reply_to="a@example.org")
    built = build(delivery, mail, "mia@example.org")

    data = as_bytes(built)

    assert data.isascii()
    assert all(len(line) <= 998 and b"\r" not in line for line in data.split(b"\r\n"))
    said = [text, html, f"SUMMARY:{html}"]
    assert as_python_reads(data) == [
        (kind, "\n".join(re.split(r"\r\n?|\n", words)))
        for kind, words in zip(("text/plain", "text/html", "text/calendar"), said, strict=True)
    ]
    heads = message_from_bytes(data, policy=policy.default)
    assert heads["Subject"] == built.subject
    assert heads["Reply-To"].addresses[0].addr_spec == "a@example.org"
    assert heads["From"].addresses[0].addr_spec == parseaddr(built.from_email)[1]
    # Read the old way: in Python 3.11 the new one puts spaces between encoded words of a name.
    name = parseaddr(message_from_bytes(data)["From"])[0]
    assert decoded(name) == decoded(parseaddr(built.from_email)[0])


@pytest.mark.parametrize("value", ["a\nBcc: all@example.org", "a\rb", "x" * 1_000])
def test_a_header_that_cannot_be_written_is_refused(delivery, value):
    message = build(delivery, Mail("S", "t", "<p>h</p>"), "mia@example.org")
    message.extra_headers["X-Ours"] = value
    with pytest.raises(ValueError, match="X-Ours"):
        as_bytes(message)


@pytest.mark.parametrize(
    ("address", "bare"),
    [("mia@example.org", "mia@example.org"), ("mia@schöne.example", "mia@xn--schne-lua.example")],
)
def test_an_envelope_is_ascii(address, bare):
    assert bare_address(address) == bare
    with pytest.raises(ValueError, match="ascii"):
        bare_address("mía@example.org")
