"""Charsets, subjects and dates, whatever they claim to be."""

import pytest

from cohort.mails.charsets import header_text, to_text
from forums.mail_archive.subjects import Subjects
from forums.models import Post
from tests.forums.mail_archive import BEGAN, mail


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Núñez".encode(), "utf-8", "Núñez"),
        ("Núñez".encode(), "iso-8859-1", "Núñez"),
        ("Núñez".encode("latin-1"), "iso-8859-1", "Núñez"),
        ("Núñez".encode("latin-1"), "utf-8", "Núñez"),
        ("Núñez".encode("latin-1"), "us-ascii", "Núñez"),
        ("“so”".encode("cp1252"), "iso-8859-1", "“so”"),
        ("田中".encode("iso-2022-jp"), "iso-2022-jp", "田中"),
        ("田中".encode("gb18030"), "gb2312", "田中"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("Núñez".encode(), "x-unknown", "Núñez"),
        ("Núñez".encode("latin-1"), "8bit", "Núñez"),
        (b"plain", "base64", "plain"),
        (b"plain", "idna", "plain"),
        (b"a\x00b\x07c\r\nd", "", "abc\nd"),
        (b"", "utf-8", ""),
    ],
)
def test_bytes_are_read_whatever_they_claim(data, charset, text):
    assert to_text(data, charset) == text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (b"=?utf-8?b?QnVzc2U=?= heute", "Busse heute"),
        (b"=?utf-8?q?B=C3?= =?utf-8?q?=BCsse?=", "Büsse"),
        (b"=?iso-8859-1?Q?B=FCsse_f=FCr?=\n =?iso-8859-1?Q?_alle?=", "Büsse für alle"),
        (b"=?utf-8?b?!!!?= x", "x"),
        (b"=?nothing?q?a=20b?=", "a b"),
        ("Büsse".encode(), "Büsse"),
        ("Büsse".encode("latin-1"), "Büsse"),
        (b"=?utf-8?q?half", "=?utf-8?q?half"),
    ],
)
def test_headers_are_read_whatever_they_hold(header, text):
    assert header_text(header) == text


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: [bus] Routes", "Routes"),
        ("[bus] Re: AW: Re[2]: Routes", "Routes"),
        ("RE : Routes", "Routes"),
        ("Fwd: FW: Routes", "Routes"),
        ("[Question] Routes", "[Question] Routes"),
        ("Regarding routes: which?", "Regarding routes: which?"),
        ("Re:", ""),
        ("回复：路线", "路线"),
        ("word " * 60, "word " * 26 + "word…"),
    ],
)
def test_subjects_become_titles(subject, title):
    found = Subjects([("", "bus")]).title(subject)

    assert found == title
    assert len(found) <= 140


def test_a_mark_that_most_subjects_have_is_the_lists_own():
    subjects = Subjects([("[Bus] One", ""), ("Re: [bus] Two", "")] * 5 + [("[Poll] Three", "")])

    assert [subjects.title(each) for each in ("[BUS] x", "[Poll] x")] == ["x", "[Poll] x"]


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"Date": "Mon, 4 Mar 2024 10:00:00 -0500"}, BEGAN),
        ({"Date": "4 Mar 24 15:00 GMT"}, BEGAN),
        ({"Date": "", "Received": "from a; Mon, 4 Mar 2024 15:00:00 +0000"}, BEGAN),
        ({"Date": "yesterday", "Received": "from a; Mon, 4 Mar 2024 15:00 +0000"}, BEGAN),
        ({"Date": "Mon, 4 Mar 2199 15:00:00 +0000"}, BEGAN),  # the envelope's
        ({"Date": "Thu, 1 Jan 1970 00:00:00 +0000"}, BEGAN),
        ({"Date": "Mon, 4 Mar 2024 99:99:99 +9999"}, BEGAN),
    ],
)
def test_a_date_is_found(bring, fields, moment):
    bring(mail(**fields))

    assert Post.objects.get().created_at == moment


def test_without_any_date_it_is_that_of_the_mail_before(rows):
    found = rows(
        mail("1"),
        mail("2", Date="", subject="Other").replace(b"Mon Mar  4 15:00:00 2024", b"at 15:00"),
    )

    assert found[1][2] == "Its date is not to be believed; it got that of the mail before it."
    assert set(Post.objects.values_list("created_at", flat=True)) == {BEGAN}
