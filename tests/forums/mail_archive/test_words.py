"""Of a mail its writer's own words are kept, without quotes, footers and signatures."""

import pytest

from cohort.mails.cleaning import clean_text, unflow
from cohort.mails.pages import clean_html
from forums.mail_archive.contents import LeftOut, read_content
from forums.models import Post
from tests.forums.mail_archive import mail, multipart, raw

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


def test_an_encrypted_mail_is_left_out():
    with pytest.raises(LeftOut, match="It is encrypted"):
        read_content(raw(mail(**multipart("encrypted", ("Content-Type: text/plain", b"x")))))


def test_a_very_long_text_is_cut_and_noted(rows):
    found = rows(mail(body="word " * 40_000))

    assert found == [("began a discussion", "", "Only its first 100,000 characters are kept.")]
    assert len(Post.objects.get().body_text) <= 100_000
