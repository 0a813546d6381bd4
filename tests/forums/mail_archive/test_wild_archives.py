"""A whole list's archive, and bytes that no mail program would write."""

from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.mailing_list import write_archive
from cohort.mails.charsets import header_text, to_text
from cohort.mails.cleaning import clean_text, unflow
from cohort.mails.pages import clean_html
from forums.mail_archive.subjects import Subjects
from forums.models import Post, Thread
from tests.forums.mail_archive import mail


def test_a_lists_whole_archive_comes_in(commons, themes, tmp_path):
    path = tmp_path / "list.mbox"
    write_archive(path, 300)
    call_command("import_mbox", str(path), cohort="spring", space="commons", stdout=StringIO())

    assert Post.objects.count() == 300
    texts = " ".join(Post.objects.values_list("body_text", flat=True))
    for leftover in ("wrote:", "mailing list", "Google Groups", "\n-- ", "example.org"):
        assert leftover not in texts
    for thread in Thread.objects.all():
        numbers = list(thread.posts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, thread.last_number + 1))
        assert thread.reply_count == thread.last_number - 1


WORD = st.sampled_from(["1", "2", "3", "4"])

FIELD = st.sampled_from(
    ["Message-ID", "From", "Subject", "Date", "References", "In-Reply-To", "Content-Type",
     "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version", "Reply-To", "List-Id"]
)  # fmt: skip

VALUE = st.one_of(
    WORD.map(lambda word: f"<{word}@x>".encode()),
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=edge", b"multipart/alternative; boundary=", b"text/html",
            b"text/plain; charset=utf-7", b"text/plain; charset*=x'y'%ff", b"base64", b"x-uuencode",
            b"quoted-printable", b"=?utf-8?b?/////w==?=", b"message/rfc822",
            b"image/png; name=a.png",
            b"text/plain; format=flowed; delsp=yes", b"attachment; filename*0*=x''%41;filename*1=b",
            b"=?utf-8?q?=00=01?= <a@b.example.org>", b"Mon, 4 Mar 99999 15:00", b"multipart/report",
        ]
    ),
)  # fmt: skip

BODY = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"--edge\nContent-Type: text/html\n\n<div><p>x</div>\n--edge\n\nplain\n--edge--",
            b"--edge\n" * 50, b"> a\nb\n> c\n-- \nd", b"<html><blockquote>" * 30,
            b"begin 644 a\n#0V%T\n`\nend",
            b"\xff\xfe\x00", "\u202e\U0001f600".encode(),
        ]
    ),
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.lists(st.tuples(FIELD, VALUE), max_size=6), BODY), max_size=5))
def test_every_mail_is_in_or_in_the_report(rows, wild):
    Thread.objects.all().delete()
    boxed = [
        b"From a Mon Mar  4 15:00:00 2024\n"
        b"X-Here: 1\n"
        + b"".join(name.encode() + b": " + value + b"\n" for name, value in fields)
        + b"\n"
        + body.replace(b"From ", b"")
        + b"\n\n"
        for fields, body in wild
    ]
    found = rows(mail("1"), *boxed)

    assert len(found) == len(wild) + 1
    taken = sum(outcome != "left out" for outcome, _why, _notes in found)
    assert Post.objects.count() == taken
    assert all(why for outcome, why, _notes in found if outcome == "left out")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=300))
def test_nothing_that_reads_words_ever_fails(text, data):
    clean_text(text)
    unflow(text, deletes_space=True)
    assert "\x00" not in header_text(data)
    assert "\x00" not in clean_html(to_text(data, "utf-16"))
    Subjects([(text, "")]).title(text)
