import threading
import time

import pytest

from cohort.public_web import Words, said, words_of
from cohort.public_web.reading import Answer
from cohort.public_web.said import words_in


def words(html, content_type="text/html"):
    body = html if isinstance(html, bytes) else html.encode()
    return words_in(Answer("https://school.example/", 200, content_type, body))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<title>Guide</title>", Words("Guide", "")),
        ("<title>\n  A   long\n road </title>", Words("A long road", "")),
        (
            """<meta property="og:title" content="For sharing"><title>Guide | Site</title>
            <meta name="Description" content="What it is">
            <meta property="og:description" content="What it is for">""",
            Words("For sharing", "What it is for"),
        ),
        ('<title>T</title><meta name=description content="D &amp; d">', Words("T", "D & d")),
        ("<title>a&lt;script&gt;</title>", Words("a<script>", "")),
        ("<body><svg><title>drawing</title></svg>", Words("", "")),
        ("<title>Half of", Words("Half of", "")),
        ("", Words("", "")),
        ("\0<title>n\0ul</title>", Words("nul", "")),
        ("<title>" + "word " * 100 + "</title>", Words(("word " * 31).strip() + "…", "")),
    ],
)
def test_words_of_a_page(html, expected):
    assert words(html) == expected


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<title>Año</title>".encode(), "text/html"),
        ("<title>Año</title>".encode(), "text/html; charset=utf-8"),
        ("<title>Año</title>".encode("cp1252"), "text/html"),
        ("<title>Año</title>".encode("latin-1"), 'text/html; charset="ISO-8859-1"'),
        ("<meta charset=iso-8859-1><title>Año</title>".encode("latin-1"), "text/html"),
        ("<title>Año</title>".encode("utf-16"), "text/html"),
        ("<title>Año</title>".encode("utf-8-sig"), "text/html; charset=nonsense"),
    ],
)
def test_words_in_every_charset(body, content_type):
    assert words(body, content_type) == Words("Año", "")


def test_words_in_japanese():
    body = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
    assert words(f"{body}<title>学校</title>".encode("shift_jis")) == Words("学校", "")


@pytest.mark.parametrize(
    "bit", ["<a>", "<div>", "<meta x=", "<p", "<!--", "&#", "<title>", "<b><i>"]
)
def test_pages_made_to_be_slow_are_not(bit):
    html = bit * (500_000 // len(bit))
    begun = time.process_time()
    words(html)
    assert time.process_time() - begun < 1


def test_a_page_is_fetched_and_what_is_no_page_says_nothing(site):
    site.page("<title>Guide</title>")
    assert words_of(site.url, loopback=True) == Words("Guide", "")
    site.page(b"%PDF-1.7", content_type="application/pdf")
    assert words_of(site.url, loopback=True) is None
    site.say(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<title>Lost</title>")
    assert words_of(site.url, loopback=True) is None
    assert words_of("http://10.0.0.1/") is None


def test_slow_sites_keep_two_threads_waiting_and_others_are_told_at_once(site):
    slow = threading.Event()
    site.answer = lambda link, _request: slow.wait(8)
    waiting = [
        threading.Thread(target=words_of, args=[site.url], kwargs={"loopback": True})
        for _ in range(said.AT_ONCE)
    ]
    for thread in waiting:
        thread.start()
    while len(site.asked) < said.AT_ONCE:
        time.sleep(0.01)
    begun = time.monotonic()
    assert words_of(site.url, loopback=True) is None
    assert time.monotonic() - begun < 4
    slow.set()
    for thread in waiting:
        thread.join()
    site.page("<title>Again</title>")
    assert words_of(site.url, loopback=True) == Words("Again", "")
