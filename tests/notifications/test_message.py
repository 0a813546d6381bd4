from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications import outbox, registry
from notifications.message import as_bytes, build, one_line
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
