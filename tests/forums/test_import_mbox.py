"""A mailing list's archive comes in as threads, whatever mail programs made of it."""

import base64
import csv
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO, StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.mailing_list import write_archive
from cohort.mails.charsets import header_text, to_text
from cohort.mails.cleaning import clean_text, unflow
from cohort.mails.pages import clean_html
from cohort.models import Theme
from forums import services
from forums.mail_archive import importing, planting
from forums.mail_archive.contents import LeftOut, read_content
from forums.mail_archive.reading import read_mails
from forums.mail_archive.subjects import Subjects
from forums.models import Attachment, Post, Reading, Thread, path_step

BEGAN = datetime(2024, 3, 4, 15, 0, tzinfo=UTC)


def mail(
    name: str = "1",
    *,
    body: str | bytes = "Who drives the bus?",
    minutes: int = 0,
    sender: str = "Mia <mia@example.org>",
    subject: str = "Buses",
    answers: str = "",
    references: str = "",
    kind: str = "text/plain; charset=utf-8",
    **more: str,
) -> bytes:
    """One mail in mbox form. `answers` and `references` name other mails; empty fields are left."""
    fields = {
        "Message-ID": f"<{name}@mail.example.org>" if name else "",
        "From": sender,
        "Subject": subject,
        "Date": format_datetime(BEGAN + timedelta(minutes=minutes)),
        "In-Reply-To": _ids(answers),
        "References": _ids(references),
        "Content-Type": kind,
        **{field.replace("_", "-"): value for field, value in more.items()},
    }
    head = "".join(f"{field}: {value}\n" for field, value in fields.items() if value)
    content = body if isinstance(body, bytes) else body.encode()
    return b"From list Mon Mar  4 15:00:00 2024\n" + head.encode() + b"\n" + content + b"\n\n"


def _ids(names: str) -> str:
    return " ".join(f"<{name}@mail.example.org>" for name in names.split())


def multipart(kind: str, *parts: tuple[str, bytes]) -> dict:
    """The `kind` and `body` of a mail of several parts, each with its head."""
    body = b"".join(f"--edge\n{head}\n\n".encode() + content + b"\n" for head, content in parts)
    return {"kind": f"multipart/{kind}; boundary=edge", "body": body + b"--edge--\n"}


def file_part(name: str, content: bytes, kind: str = "application/octet-stream", more: str = ""):
    head = (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"{more}'
    )
    return head, base64.encodebytes(content)


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def bring(commons, tmp_path, themes):
    """Runs the command over these mails; gives what it said."""

    def run(*mails: bytes, **options) -> str:
        archive = tmp_path / "list.mbox"
        archive.write_bytes(b"".join(mails))
        said = StringIO()
        options = {"cohort": "spring", "space": "commons", **options}
        call_command("import_mbox", str(archive), stdout=said, **options)
        return said.getvalue()

    return run


@pytest.fixture
def rows(tmp_path, bring):
    """Runs the command and gives its report: for each mail the outcome, why, and notes."""

    def run(*mails: bytes, **options):
        bring(*mails, report=str(tmp_path / "report.csv"), **options)
        with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
            return [(row["outcome"], row["why"], row["notes"]) for row in csv.DictReader(file)]

    return run


def shape(thread: Thread | None = None) -> list[tuple[int, int | None]]:
    """Each post's number and that of what it answers."""
    posts = Post.objects.filter(thread=thread) if thread else Post.objects.all()
    return list(posts.order_by("thread", "number").values_list("number", "parent__number"))


def outcomes(found) -> list[str]:
    return [outcome for outcome, _why, _notes in found]


# ---------------------------------------------------------------- threads


def test_a_thread_comes_in_with_its_tree_and_counters(bring, commons, mia, theo):
    bring(
        mail("1"),
        mail("2", answers="1", minutes=5, sender="Theo <theo@example.org>", subject="Re: Buses"),
        mail("3", references="1 2", minutes=9, subject="Re: Buses"),
        mail("4", references="1", minutes=7, sender="Theo <theo@example.org>"),
    )

    thread = Thread.objects.get()
    assert shape(thread) == [(1, None), (2, 1), (3, 1), (4, 2)]
    assert (thread.title, thread.author, thread.space, thread.kind) == (
        "Buses",
        mia,
        commons,
        Thread.Kind.DISCUSSION,
    )
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (4, 3, mia)
    assert thread.created_at == BEGAN
    assert thread.last_posted_at == BEGAN + timedelta(minutes=9)
    one, two, three, four = map(path_step, range(1, 5))
    assert list(thread.posts.order_by("number").values_list("path", flat=True)) == [
        one,
        one + two,
        one + three,
        one + two + four,
    ]


def test_those_who_answer_a_missing_mail_stand_together(bring):
    bring(
        mail("2", references="gone", subject="Re: Buses"),
        mail("3", references="gone", minutes=1, subject="Re: Other words"),
        mail("4", references="gone 3", minutes=2, subject="Re: Buses"),
    )

    assert shape(Thread.objects.get()) == [(1, None), (2, 1), (3, 2)]


@pytest.mark.parametrize(
    "mails",
    [
        [mail("1", answers="1")],
        [mail("1", answers="2"), mail("2", answers="1", minutes=1, subject="Other")],
        [
            mail("1", references="3"),
            mail("2", references="1", minutes=1, subject="B"),
            mail("3", references="2", minutes=2, subject="C"),
        ],
        [mail("1", references="1 1 2 1"), mail("2", references="1 2 1", minutes=1)],
    ],
)
def test_mails_that_answer_each_other_in_a_ring_all_come_in(rows, mails):
    found = rows(*mails)

    assert len(found) == len(mails) == Post.objects.count()
    assert "left out" not in outcomes(found)
    assert sum(Thread.objects.values_list("last_number", flat=True)) == len(mails)


def test_a_reply_without_references_finds_its_thread_by_subject(bring):
    bring(
        mail("1", subject="[bus] Routes"),
        mail("2", subject="Re: [bus] Routes", minutes=60, List_Id="Bus <bus.lists.example.org>"),
        mail("3", subject="AW: Re: [bus] routes", minutes=90),
        mail("4", subject="Routes", minutes=95),
        mail("5", subject="Fwd: Routes", minutes=96),
        mail("6", subject="Re: Routes", minutes=60 * 24 * 40),
        mail("7", subject="Re: ", minutes=60 * 24 * 41),
        mail("8", subject="Re: ", minutes=60 * 24 * 41),
    )

    assert list(Thread.objects.order_by("created_at").values_list("title", "last_number")) == [
        ("Routes", 3),
        ("Routes", 1),
        ("Routes", 1),
        ("Routes", 1),
        ("Without a subject", 1),
        ("Without a subject", 1),
    ]


def test_no_post_has_a_number_before_what_it_answers(bring):
    bring(
        mail("1", minutes=30),
        mail("2", answers="1", minutes=10),
        mail("3", answers="2", minutes=20),
        mail("4", answers="1", minutes=5),
    )

    assert shape(Thread.objects.get()) == [(1, None), (2, 1), (3, 1), (4, 3)]


def test_a_mail_is_taken_once(rows):
    found = rows(mail("1"), mail("1", minutes=4), mail("2", body="Another", subject="Other"))

    assert found == [
        ("began a discussion", "", ""),
        ("left out", "It is in the archive twice.", ""),
        ("began a discussion", "", ""),
    ]


def test_replies_to_what_was_left_out_answer_whom_it_answered(rows):
    found = rows(
        mail("1"),
        mail("2", references="1", minutes=1, Auto_Submitted="auto-replied"),
        mail("3", references="1 2", minutes=2, body=""),
        mail("4", references="1 2 3", minutes=3),
    )

    assert found == [
        ("began a discussion", "", ""),
        ("left out", "It was sent by a program.", ""),
        ("left out", "There is nothing in it.", ""),
        ("became a reply", "", ""),
    ]
    assert shape() == [(1, None), (2, 1)]


def test_a_thread_of_great_depth_comes_in(bring):
    bring(*(mail(str(n), answers=str(n - 1), minutes=n) for n in range(1, 601)))

    assert Thread.objects.get().last_number == 600


# ---------------------------------------------------------------- who wrote


@pytest.mark.parametrize(
    "sender",
    [
        "Mia <mia@example.org>",
        "MIA@Example.ORG",
        "mia at example.org (Mia)",
        "=?utf-8?q?M=C3=ADa?= <mia@example.org>",
    ],
)
def test_authors_are_matched_by_address(bring, mia, sender):
    bring(mail(sender=sender))

    post = Post.objects.get()
    assert (post.author, post.author_name) == (mia, "")


def test_members_who_left_and_second_addresses_are_matched(bring, gone, theo):
    for address, verified in (("t@home.example.org", True), ("tt@home.example.org", False)):
        EmailAddress.objects.create(user=theo.user, email=address, verified=verified)
    bring(
        mail("1", sender="Gone <gone@example.org>"),
        mail("2", sender="T <t@home.example.org>", minutes=1, subject="B"),
        mail("3", sender="T <tt@home.example.org>", minutes=2, subject="C"),
    )

    authors = Post.objects.order_by("created_at").values_list("author", flat=True)
    assert list(authors) == [gone.pk, theo.pk, None]


def test_people_of_another_cohort_are_strangers_here(bring, olga):
    bring(mail(sender="Olga <olga@example.org>"))

    assert Post.objects.get().author is None


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Pat Stranger <pat@far.example.org>", "Pat Stranger"),
        ('"Stranger, Pat" <pat@far.example.org>', "Stranger, Pat"),
        ("=?iso-8859-1?Q?Bj=F6rn?= <b@far.example.org>", "Björn"),
        ("pat@far.example.org", "Somebody on the list"),
        ('"pat@far.example.org" <pat@far.example.org>', "Somebody on the list"),
        ("Pat (pat@far.example.org) <pat@far.example.org>", "Pat"),
        ("pat at far.example.org (Pat S)", "Pat S"),
        ("pat at far.example.org", "Somebody on the list"),
        ("", "Somebody on the list"),
        ("<><>,,;:", "Somebody on the list"),
    ],
)
def test_strangers_keep_their_name_and_never_their_address(bring, sender, name):
    said = bring(mail(sender=sender))

    post = Post.objects.get()
    assert (post.author, post.author_name) == (None, name)
    assert "far.example.org" not in f"{said}{list(Post.objects.values())}"


@pytest.mark.parametrize(
    "fields",
    [
        {"X_Original_From": "Mia <mia@example.org>"},
        {"X_Original_Sender": "mia@example.org"},
        {"Reply_To": "Mia <mia@example.org>, bus@lists.example.org"},
        {"Reply_To": "bus@lists.example.org, Mia <mia@example.org>"},
    ],
)
def test_whom_the_list_hid_is_found(bring, mia, fields):
    bring(mail(sender="'Mia' via Bus list <bus@lists.example.org>", **fields))

    assert Post.objects.get().author == mia


def test_via_a_list_without_a_trace_leaves_the_name(bring):
    bring(
        mail(
            sender="Pat via Bus <bus@lists.example.org>",
            Reply_To="bus-owner@lists.example.org",
            List_Post="<mailto:bus-owner@lists.example.org>",
        )
    )

    assert Post.objects.get().author_name == "Pat"


# ---------------------------------------------------------------- their own words

ANSWER = "Yes, on Monday.\nAnd Friday."


@pytest.mark.parametrize(
    "text",
    [
        f"{ANSWER}\n\nOn Mon, Mar 4, 2024 Ana <ana@example.org> wrote:\n> Monday?\n>\n> Ana\n",
        f"{ANSWER}\n\nOn Mon, Mar 4, 2024 at 3:00 PM Ana Ruiz\n<ana@example.org> wrote:\n\n> A?\n",
        f"{ANSWER}\n\nAm 04.03.2024 um 15:00 schrieb Ana:\n> Montag?\n",
        f"{ANSWER}\n\nLe lun. 4 mars 2024 à 15:00, Ana <ana@example.org> a écrit :\n> Lundi ?\n",
        f"{ANSWER}\n\n> Monday?\n>> Really?\n",
        f"{ANSWER}\n\n-----Original Message-----\nFrom: Ana\nMonday?\n",
        (
            f"{ANSWER}\n\n________________________________\nFrom: Ana <ana@example.org>\n"
            "Sent: Monday\nTo: list\nSubject: Buses\n\nMonday?\n"
        ),
        f"{ANSWER}\n\nVon: Ana\nGesendet: Montag\nAn: Liste\nBetreff: Busse\n\nMontag?\n",
        f"{ANSWER}\n\nOn Mon, Mar 4, 2024, Ana <ana@example.org> wrote:\nMonday?\nAna\n",
        f"{ANSWER}\n\n-- \nMia\nHarbor Schools\n",
        f"{ANSWER}\n-- \nMia\n\nOn Mon 4 Mar Ana wrote:\n> Monday?\n",
        f"{ANSWER}\n\nOn Mon 4 Mar Ana wrote:\n> Monday?\n\n-- \nMia\n",
        f"{ANSWER}\n\nSent from my iPhone\n\n> On 4 Mar, Ana wrote:\n> Monday?\n",
        (
            f"{ANSWER}\n_______________________________________________\nBus mailing list\n"
            "bus@lists.example.org\nhttps://lists.example.org/mailman/listinfo/bus\n"
        ),
        (
            f"{ANSWER}\n\n-- \nYou received this message because you are subscribed to the Google "
            "Groups “Bus” group.\nTo unsubscribe …\n"
        ),
        (
            f"{ANSWER}\n-------------- next part --------------\nA non-text attachment was scrubbed"
            "...\nName: plan.pdf\nURL: <https://lists.example.org/x/plan.pdf>\n"
        ),
    ],
)
def test_only_their_own_words_are_kept(text):
    assert clean_text(text) == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "From: 3pm to 4pm we meet.\nTo: everybody who comes,\nplease bring cake.",
        "Best regards are in order:\nthe pilot works.",
        "- first\n- second\n--- third",
        "She wrote:\n\nthe best letter of the year.",
        "> Only a quote, with nothing said of it.",
        "On Tuesday we wrote: nothing at all.\nThen we waited.",
    ],
)
def test_words_that_look_like_mail_stay(text):
    assert clean_text(text) == text


def test_answers_between_the_lines_keep_what_they_answer(bring):
    bring(
        mail(
            body="On Mon, Mar 4, Ana <ana@far.example.org> wrote:\n> Which day?\nMonday.\n"
            "> Who drives?\nI do.\n\n> Bye\n> Ana\n"
        )
    )

    post = Post.objects.get()
    assert post.body == (
        "<p>On Mon, Mar 4, Ana wrote:</p><blockquote><p>Which day?</p></blockquote><p>Monday.</p>"
        "<blockquote><p>Who drives?</p></blockquote><p>I do.</p>"
    )


def test_flowed_text_becomes_paragraphs_again():
    flowed = "Who \ndrives?\n> the \n> bus\n I do. \n-- \nMia"

    assert unflow(flowed, deletes_space=False) == "Who drives?\n> the bus\nI do. \n-- \nMia"
    assert unflow("Fahr \nrad", deletes_space=True) == "Fahrrad"


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("<div>One</div><div>Two<br>lines</div>", "<p>One</p><p>Two<br>lines</p>"),
        (
            '<p>Hi <b>all</b></p><script>x()</script><img src="https://t.example.org/p.gif">',
            "<p>Hi <strong>all</strong></p>",
        ),
        (
            (
                '<div dir="ltr">Yes</div><div class="gmail_quote"><div class="gmail_attr">'
                "On Monday Ana wrote:<br></div><blockquote>Day?</blockquote></div>"
            ),
            "<p>Yes</p>",
        ),
        (
            (
                '<div>Yes</div><div id="appendonsend"></div><hr>'
                '<div id="divRplyFwdMsg">From: Ana</div><div>Day?</div>'
            ),
            "<p>Yes</p>",
        ),
        (
            '<p>Yes</p><div class="gmail_signature">Mia<br>Harbor</div>',
            "<p>Yes</p>",
        ),
        (
            "<blockquote>Day?</blockquote><div>Monday.</div>",
            "<blockquote>Day?</blockquote><p>Monday.</p>",
        ),
        ("<blockquote>All of it</blockquote>", "<blockquote>All of it</blockquote>"),
        (
            (
                "<div>Yes</div><p>-- <br>You received this message because you are subscribed to "
                'the Google Groups "Bus" group.<br>To unsubscribe <a href="https://x.example.org">x</a></p>'
            ),
            "<p>Yes</p>",
        ),
        ('<a class="mention" href="/c/spring/people/1/">@Mia</a>', None),
    ],
)
def test_html_alone_is_sanitized_and_cut(page, kept):
    html = clean_html(page)

    if kept is None:
        assert "mention" not in html
    else:
        assert html == kept


def test_of_alternatives_the_plain_one_counts_unless_it_is_empty():
    page = ("Content-Type: text/html", b"<p>The page</p>")
    both = multipart("alternative", ("Content-Type: text/plain", b"The text"), page)
    empty = multipart("alternative", ("Content-Type: text/plain", b" \n"), page)

    assert read_content(raw(mail(**both))).html == "<p>The text</p>"
    assert read_content(raw(mail(**empty))).html == "<p>The page</p>"


def test_a_footer_that_is_a_part_of_its_own_goes():
    footer = b"_______________________________________________\nBus mailing list\n"
    parts = multipart(
        "mixed",
        ("Content-Type: text/html", b"<p>The page</p>"),
        ("Content-Type: text/plain", footer),
    )

    assert read_content(raw(mail(**parts))).html == "<p>The page</p>"


def raw(boxed: bytes) -> bytes:
    return boxed.partition(b"\n")[2]


def test_an_encrypted_mail_is_left_out():
    with pytest.raises(LeftOut, match="It is encrypted"):
        read_content(raw(mail(**multipart("encrypted", ("Content-Type: text/plain", b"x")))))


def test_a_very_long_text_is_cut_and_noted(rows):
    found = rows(mail(body="word " * 40_000))

    assert found == [("began a discussion", "", "Only its first 100,000 characters are kept.")]
    assert len(Post.objects.get().body_text) <= 100_000


# ---------------------------------------------------------------- charsets, subjects, dates


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


# ---------------------------------------------------------------- files


def with_files(*parts) -> dict:
    return multipart("mixed", ("Content-Type: text/plain", b"See the plan."), *parts)


def test_files_are_kept_and_linked_at_the_end(bring, mia):
    bring(mail(**with_files(file_part("plan.csv", b"day,school\nMonday,A\n"))))

    post, kept = Post.objects.get(), Attachment.objects.get()
    assert (kept.post, kept.added_by, kept.name, kept.content_type) == (
        post,
        mia,
        "plan.csv",
        "text/csv",
    )
    assert kept.file.read() == b"day,school\nMonday,A\n"
    assert post.body == (
        f'<p>See the plan.</p><p><a href="/c/spring/attachments/{kept.pk}/">plan.csv</a></p>'
    )
    assert post.attached_names == "plan.csv plan csv"


def test_files_that_we_do_not_take_are_noted(rows):
    found = rows(mail(**with_files(file_part("tool.exe", b"MZ\x00\x01" * 50))))

    ((outcome, _why, notes),) = found
    assert outcome == "began a discussion"
    assert notes.startswith("tool.exe: We cannot take this kind of file.")
    assert Attachment.objects.count() == 0


def test_a_mail_of_nothing_but_a_refused_file_is_left_out_with_why(rows):
    found = rows(mail(**multipart("mixed", file_part("tool.exe", b"MZ\x00\x01" * 50))))

    ((outcome, why, _notes),) = found
    assert outcome == "left out"
    assert why.startswith("There is nothing in it.; tool.exe: We cannot take")


def test_calendars_pixels_and_logos_are_left(bring):
    logo = (
        (
            "Content-Type: image/png; name=logo.png\nContent-ID: <logo>\n"
            "Content-Disposition: inline; filename=logo.png\nContent-Transfer-Encoding: base64"
        ),
        base64.encodebytes(png(60, 20)),
    )
    invitation = ("Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")
    bring(mail(**with_files(logo, invitation, file_part("smime.p7s", b"x"))))

    assert Attachment.objects.count() == 0
    assert Post.objects.get().body == "<p>See the plan.</p>"


def test_pictures_are_shown_in_their_post(bring):
    bring(mail(**with_files(file_part("site.png", png(300, 200), "image/png"))))

    kept = Attachment.objects.get()
    assert (kept.width, kept.height) == (300, 200)
    assert f'<img src="/c/spring/attachments/{kept.pk}/" alt="site"' in Post.objects.get().body


# ---------------------------------------------------------------- what the cohort sees of it


def test_imported_posts_are_told_to_nobody_and_unread_by_none(bring, cast):
    bring(mail("1"), mail("2", answers="1", minutes=1))

    thread = Thread.objects.get()
    assert not Post.objects.untold().exists()
    for member in (cast.fay, cast.mia, cast.tia):
        assert not Thread.objects.unread_by(member).exists()
    readers = thread.readings.values_list("member", "number")
    assert sorted(readers) == sorted(
        (member.pk, 2) for member in (cast.fay, cast.theo, cast.mia, cast.tia)
    )


def test_threads_have_a_theme_and_a_tag(bring, themes):
    bring(mail("1"))
    bring(mail("2", subject="Other"), theme="leaders")
    lesson = Theme.objects.exclude(parent=None).first()
    bring(mail("3", subject="Third"), theme=lesson.slug)

    first, other, third = Thread.objects.order_by("pk")
    assert [theme.slug for theme in first.themes.all()] == [Theme.objects.top().first().slug]
    assert [theme.slug for theme in other.themes.all()] == ["leaders"]
    assert set(third.themes.all()) == {lesson, lesson.parent}
    assert [str(tag) for tag in first.tags.all()] == ["imported"]


def test_a_dry_run_says_what_would_come_and_changes_nothing(bring, mia):
    archive = [mail("1", **with_files(file_part("a.csv", b"a,b\n"))), mail("2", answers="1")]
    said = bring(*archive, dry_run=True)
    counts = [Thread.objects.count(), Post.objects.count(), Attachment.objects.count()]
    again = bring(*archive)

    assert counts == [0, 0, 0]
    assert said.split("\n")[:3] == again.split("\n")[:3]
    assert said.endswith("Nothing was changed (--dry-run).\n")


def test_the_command_says_what_came_in(bring, mia):
    said = bring(
        mail("1"),
        mail("2", answers="1", sender="Pat <pat@far.example.org>", minutes=1),
        mail("2"),
        mail("3", body=" ", subject="Empty"),
    )

    assert said.split("\n") == [
        "      1  began a discussion",
        "      1  became a reply",
        "      0  was here already",
        "      2  left out",
        "             1  It is in the archive twice.",
        "             1  There is nothing in it.",
        "      0  files kept",
        "Without an account here: Pat (1)",
        (
            f"New discussions have the theme “{Theme.objects.top().first().name}” and the tag "
            "“imported”."
        ),
        "",
    ]


def test_the_report_opens_in_a_spreadsheet_without_running_anything(bring, tmp_path):
    bring(mail(subject="=HYPERLINK(1)"), report=str(tmp_path / "r.csv"))

    text = (tmp_path / "r.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in text


# ---------------------------------------------------------------- a second run


def test_the_same_archive_again_brings_nothing(bring, rows):
    archive = [mail("1"), mail("2", answers="1"), mail("", body="No id", subject="C")]
    bring(*archive)
    before = list(Post.objects.order_by("pk").values())

    assert outcomes(rows(*archive)) == ["was here already"] * 3
    assert list(Post.objects.order_by("pk").values()) == before


def test_a_mail_without_id_is_known_by_its_content_wherever_it_stands(bring, rows):
    bring(mail("", body="No id"))

    found = rows(
        mail("1", subject="B"), mail("", body="No id").rstrip().replace(b"\n", b"\r\n") + b"\r\n"
    )
    assert outcomes(found) == ["began a discussion", "was here already"]


def test_a_longer_archive_adds_the_new_replies(bring, mia, theo, fay):
    bring(mail("1"), mail("2", answers="1", minutes=1))
    thread = Thread.objects.get()
    Reading.objects.filter(member=theo).update(number=1)
    services.publish_reply(thread=thread, author=mia, body="<p>Written here.</p>")

    bring(
        mail("1"),
        mail("2", answers="1", minutes=1),
        mail("3", references="1 2", minutes=2, sender="Fay <fay@example.org>"),
        mail("4", references="1 2 3", minutes=3),
        mail("5", subject="Re: Buses", minutes=4),
    )

    thread.refresh_from_db()
    assert shape(thread) == [(1, None), (2, 1), (3, 1), (4, 2), (5, 4), (6, 1)]
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (6, 5, mia)
    assert dict(thread.readings.values_list("member__user__name", "number"))["Theo"] == 1


def test_new_replies_leave_read_who_had_read_all(bring, fay, mia):
    bring(mail("1"))
    bring(mail("1"), mail("2", answers="1", minutes=1))

    assert set(Reading.objects.values_list("number", flat=True)) == {2}


def test_a_parent_that_comes_later_joins_the_thread_of_its_replies(bring):
    bring(mail("2", answers="1", minutes=1))
    bring(mail("1", subject="Before"), mail("2", answers="1", minutes=1))

    assert shape(Thread.objects.get()) == [(1, None), (2, 1)]


def test_replies_go_where_their_post_went_and_not_into_removed_threads(bring, rows, mia):
    archive = [mail("1"), mail("2", answers="1", minutes=1)]
    bring(*archive)
    for post in Post.objects.order_by("-number"):
        services.remove_post(post=post)

    found = rows(*archive, mail("3", answers="2", minutes=3))
    assert found[2] == ("left out", "The discussion that it belongs to was removed here.", "")
    assert Post.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_after_a_kill_the_second_run_does_the_rest(bring, monkeypatch, cast, settings):
    archive = [mail(str(n), subject=f"S{n}", minutes=n) for n in range(7)]
    archive[5] = mail("5", minutes=5, **with_files(file_part("a.csv", b"a,b\n")))
    monkeypatch.setattr(importing, "BATCH", 2)
    plant = planting.Planter._mark_read
    calls = []

    def killed(self, threads):
        calls.append(threads)
        if len(calls) == 3:
            raise KeyboardInterrupt
        plant(self, threads)

    monkeypatch.setattr(planting.Planter, "_mark_read", killed)
    with pytest.raises(KeyboardInterrupt):
        bring(*archive)
    after_kill = Post.objects.count(), Attachment.objects.count()
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    bring(*archive)

    assert after_kill == (4, 0)
    assert files == []
    assert (Post.objects.count(), Attachment.objects.count()) == (7, 1)


@pytest.mark.django_db(transaction=True)
def test_one_bad_discussion_stops_no_other(rows, monkeypatch, cast):
    whole = planting.Planter._thread

    def too_long(self, opening, letters):
        thread = whole(self, opening, letters)
        if thread.title == "Bad":
            thread.title = "x" * 141
        return thread

    monkeypatch.setattr(planting.Planter, "_thread", too_long)
    found = rows(
        mail("1"), mail("2", subject="Bad"), mail("3", answers="2"), mail("4", answers="1")
    )

    why = "The database refused its discussion (DataError)."
    assert found == [
        ("began a discussion", "", ""),
        ("left out", why, ""),
        ("left out", why, ""),
        ("became a reply", "", ""),
    ]


# ---------------------------------------------------------------- the file itself


def test_sentences_that_begin_with_from_are_no_mails(tmp_path):
    text = "Hello.\n\nFrom here on at 10:30 2024 we walk.\n\nFrom: a line\n\n>From the top."
    path = tmp_path / "a.mbox"
    path.write_bytes(mail("1", body=text) + mail("2"))

    with path.open("rb") as file:
        assert [each.message_id for each in read_mails(file)] == [
            "1@mail.example.org",
            "2@mail.example.org",
        ]


def test_marks_before_from_are_taken_off(bring):
    bring(mail(body="Hello.\n>From the top.\n>>From below.\nSo."))

    assert Post.objects.get().body_text == "Hello.\nFrom the top.\n\nFrom below.\n\nSo."


def test_carriage_returns_and_gzip_are_read(commons, themes, tmp_path):
    path = tmp_path / "a.mbox.gz"
    path.write_bytes(gzip.compress((mail("1") + mail("2", answers="1")).replace(b"\n", b"\r\n")))
    call_command("import_mbox", str(path), cohort="spring", space="commons", stdout=StringIO())

    assert shape() == [(1, None), (2, 1)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04zip", "This is a ZIP archive"),
        (b"Dear all,\n", "This is no mbox"),
        (b"\x1f\x8bnot really", "This gzip file is damaged."),
    ],
)
def test_what_is_no_archive_is_told(commons, themes, tmp_path, content, words):
    path = tmp_path / "a"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        call_command("import_mbox", str(path), cohort="spring", space="commons")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cohort": "no"}, "There is no cohort “no”"),
        ({"space": "no"}, "There is no space “no” in Spring"),
        ({"theme": "no"}, "There is no theme “no”"),
        ({"report": "/nowhere/r.csv"}, "There is no folder /nowhere"),
    ],
)
def test_wrong_options_are_told(bring, options, words):
    with pytest.raises(CommandError, match=words):
        bring(mail("1"), **options)
    assert Post.objects.count() == 0


def test_missing_files_are_told(commons, themes, tmp_path):
    for place, words in (("none", "There is no file"), ("", "cannot be read: Is a directory")):
        with pytest.raises(CommandError, match=words):
            call_command("import_mbox", str(tmp_path / place), cohort="spring", space="commons")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_refused(bring, cast):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [importing._LOCK, cast.cohort.pk])
        with pytest.raises(CommandError, match="Another import into this cohort"):
            bring(mail("1"))
    finally:
        other.close()
    assert connection.is_usable()


# ---------------------------------------------------------------- wild and large archives


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
