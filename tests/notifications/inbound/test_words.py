"""One's own words out of whatever a mail program made of them."""

import email
from email.policy import compat32

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.mails.parts import leaves
from notifications.inbound.letters import Letter
from notifications.inbound.marker import find_marker, marker
from notifications.inbound.robots import is_automatic
from notifications.inbound.senders import is_proven
from notifications.inbound.words import read_words


def words_of(text: str, kind: str = "plain", charset: str = "utf-8"):
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    data = head.encode() + text.encode(charset)
    return read_words(list(leaves(email.message_from_bytes(data, policy=compat32))))


STOP = f"{django_settings.BASE_URL}/u/{'a' * 30}/"
OURS = f"{marker()}\n\nTheo answered you\n\nThe college has two.\n\n-- \nStop: {STOP}"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"Yes.\n\n{OURS}", "Yes."),
        (f"Yes.\n\nMia Ortega <mia@example.org> schrieb am Mo., 7. Dez. 2026:\n\n{OURS}", "Yes."),
        (f"From: 3pm to 4pm\nworks for me.\n\n{OURS}", "From: 3pm to 4pm\nworks for me."),
        (f"On Monday I wrote:\nthree lines.\n\n{OURS}", "On Monday I wrote:\nthree lines."),
        (f"1 > 0\n\n{OURS}", "1 > 0"),
        (f"[image: logo.png]\nYes.\n\n{OURS}", "Yes."),
        ("Just this.\n\n-- \nMia\nDean\nCollege\nPhone\nStreet\nCity\nState", "Just this."),
        (f"Yes.\r\n\r\n{OURS}".replace("to answer", "to\xa0answer"), "Yes."),
    ],
    ids=range(8),
)
def test_own_words(text, own):
    words = words_of(text)
    assert words.body.strip() == own
    assert words.is_sure


def test_what_points_below_is_not_sure():
    assert not words_of(f"Please see my answers below in red.\n\n{OURS}").is_sure


def test_what_was_cut_is_kept_for_staff_without_its_secrets():
    words = words_of(f"Yes.\n\n{OURS}")
    assert "The college has two." in words.elided
    assert "aaaaaa" not in words.elided


def test_a_quoted_address_opens_nothing():
    token = "0123456789abcdef" * 2
    ours, theirs = f"{django_settings.BASE_URL}/u/{token}/", f"https://example.com/u/{token}x/"
    words = words_of(f"Write to reply+{token}@reply.example.org, {ours} or {theirs} now.")
    assert words.body.count(token) == 1
    assert theirs in words.body


def test_the_marker_is_found_in_any_case_and_with_any_spaces():
    found = find_marker()
    for text in (
        marker(),
        "> > --- Write above this line to answer ---",
        "write above\n> this line to answer",
    ):
        assert found.search(text)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(
    ["Yes.", "", ">", "> quoted", "-- ", "--", marker(), f"> {marker()}", "On Monday Theo wrote:",
     "From: a", "Sent: b", "To: c", "Subject: d", "________________", "Sent from my iPhone", "\x00"]
), max_size=30))  # fmt: skip
def test_no_arrangement_of_lines_breaks_it(lines):
    words = words_of("\n".join(lines))
    assert marker() not in words.body or not words.is_sure


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=2000))
def test_no_bytes_break_it(data):
    letter = Letter(data)
    read_words(list(leaves(letter.message)))
    assert is_automatic(letter, None) in (True, False)
    assert is_proven(letter, "") is False


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_no_made_up_results_break_it(text):
    head = f"Authentication-Results: {' '.join(text.split())}\nFrom: a@example.org\n\n"
    assert not is_proven(Letter(head.encode("utf-8", "replace")), "")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_no_page_breaks_it(text):
    words_of(f"<p>{text}</p><blockquote>{marker()}</blockquote>".replace("\ud800", ""), "html")


def test_long_mails_are_read_in_time_that_grows_with_them():
    import time

    def seconds(lines: int) -> float:
        text = "\n".join(["> a line of it", "an answer to it"] * lines)
        began = time.process_time()
        words_of(f"{text}\n> {marker()}\n{text}")
        return time.process_time() - began

    seconds(50)
    assert seconds(2500) < 15 * max(seconds(250), 0.02)
