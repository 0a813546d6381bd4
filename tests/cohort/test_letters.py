"""Rich text as the text part of a mail: what a reader without HTML gets."""

import re
import time
from html import unescape

import pytest
from hypothesis import given, settings

from cohort.letters import WIDTH, to_letter
from cohort.richtext import sanitize_post
from tests.cohort.test_richtext import WILD


@pytest.mark.parametrize(
    ("html", "letter"),
    [
        ("", ""),
        ("<p>Mine <strong>do</strong>, <em>really</em>.</p>", "Mine do, really."),
        (
            '<p>Says <a class="mention" href="https://x.example/c/spring/people/1/">@Mia</a>.</p>',
            "Says @Mia.",
        ),
        ("<p>One<br>two</p><p>Three</p>", "One\ntwo\n\nThree"),
        (
            ('<p>See <a href="https://a.example/x">the plan</a> and '
            '<a href="https://a.example/">a.example</a>, '
            '<a href="https://b.example/?q=1&amp;r">https://b.example/?q=1&amp;r</a>.</p>'),
            "See the plan (https://a.example/x) and https://a.example/, https://b.example/?q=1&r.",
        ),
        (
            ('<p><a href="mailto:mia@example.org">mia@example.org</a>, '
            '<a href="mailto:mia@example.org">Mia</a></p>'),
            "mia@example.org, Mia (mia@example.org)",
        ),
        (
            ("<blockquote><p>Said<br>so.</p><p>Twice.</p><blockquote><p>In it.</p></blockquote>"
            "</blockquote><p>Yes.</p>"),
            "> Said\n> so.\n>\n> Twice.\n>\n> > In it.\n\nYes.",
        ),
        (
            ("<p>Bring:</p><ul><li><p>a pen</p></li><li>paper<ol><li>white</li><li>lined</li></ol>"
            "</li></ul><p>Thanks.</p>"),
            "Bring:\n\n- a pen\n- paper\n  1. white\n  2. lined\n\nThanks.",
        ),
        (
            "<ul><li><p>One</p><p>more of it</p></li><li>Two</li></ul>",
            "- One\n\n  more of it\n- Two",
        ),
        ("<h2>Buses</h2><p>Two.</p><hr><p>Three.</p>", "Buses\n-----\n\nTwo.\n\n— — —\n\nThree."),
        ("<pre>a\n    b\n</pre>", "a\n    b"),
        ("<p><s>Monday</s> Tuesday</p>", "~Monday~ Tuesday"),
        (
            ("<table><thead><tr><th>Who</th><th>Seats</th></tr></thead><tbody><tr><td><p>College</p>"
            "</td><td>12</td></tr><tr><td>Plant</td><td>4</td></tr></tbody></table>"),
            "Who      Seats\n-------  -----\nCollege  12\nPlant    4",
        ),
        (
            (f"<table><tr><th>Who</th><th>What</th></tr><tr><td>Plant</td><td>{'x ' * 40}</td></tr>"
            "<tr><td>College</td><td>y</td></tr></table>"),
            f"Who: Plant\nWhat: {('x ' * 40).strip()}\n\nWho: College\nWhat: y",
        ),
        ("<table><tr><td>a</td><td></td><td>c</td></tr><tr><td>a</td><td>b</td></tr></table>",
         "a     c\na  b"),
        ("<blockquote><table><tr><td>1</td><td>2</td></tr></table></blockquote>", "> 1  2"),
    ],
)  # fmt: skip
def test_it_reads_like_a_letter(html, letter):
    assert to_letter(html) == letter


def words(text):
    """Without what either way of writing adds."""
    return re.sub(r"[\W_\d]+", "", re.sub(r"https?://\S+|mailto:\S+", "", text))


@settings(max_examples=400, deadline=None)
@given(WILD)
def test_no_words_are_lost_whatever_people_paste(wild):
    html = re.sub(r"<img[^>]*>|<a [^>]*>|</a>", "", sanitize_post(wild))
    read = unescape(re.sub(r"<[^<>]*>", "", html))
    assert sorted(words(to_letter(html))) == sorted(words(read))


@settings(max_examples=400, deadline=None)
@given(WILD)
def test_it_never_fails_and_leaves_no_blanks_around(wild):
    html = sanitize_post(wild)
    letter = to_letter(html)
    # A quotation's mark is no word, but one that was typed is.
    if "<pre>" not in wild and "&gt;" not in html:
        assert "\n\n\n" not in re.sub(r"^[ >]+$", "", letter, flags=re.M)
    assert letter == letter.rstrip() or "<pre>" in wild
    to_letter(wild)


@pytest.mark.parametrize(
    "piece",
    [
        "<blockquote><p>x</p>", "<ul><li>x", "<table><tr><td>x", "<td>x", "</li></ul>", "<s>x",
        '<a href="https://a.example/">x</a>', '<a href="https://a.example/">', "<p>x</p>", "<br>",
        "<pre>\n", "<table><tr><td>x</td></tr></table>",
    ],
)  # fmt: skip
def test_the_time_it_takes_grows_with_the_length_alone(piece):
    short, long = (sanitize_post(piece * (size // len(piece))) for size in (20_000, 200_000))
    # Ten times as long is far from the hundred times that a square would take.
    assert seconds_of(long) < max(0.3, 40 * seconds_of(short))


def seconds_of(html: str) -> float:
    """Of this process, at best: others on the machine make it no longer."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        to_letter(html)
        taken.append(time.process_time() - began)
    return min(taken)


def test_a_table_as_wide_as_a_post_is_long_stays_small():
    html = "<table>" + "<tr><td>x</td><td>y</td></tr>" * 500 + f"<tr><td>{'z' * 5_000}</td></tr>"
    assert len(to_letter(sanitize_post(html + "</table>"))) < 12_000
    assert max(map(len, to_letter(html.replace("z", "")).split("\n"))) < WIDTH
