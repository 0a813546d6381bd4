"""What people's words may hold, whatever they paste."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort import richtext
from cohort.richtext import from_plain, sanitize_post, to_plain, to_text

PICTURE = "/c/spring/attachments/0a1b2c3d-0000-4000-8000-0123456789ab/"

PIECES = st.sampled_from([
    "<b>", "</b>", "<b style='font-weight:normal'>", "<p>", "</p>", "<div>", "</div>", "<ul>",
    "</ul>", "<li>", "<table>", "<tr>", "<td colspan=2>", "</table>", "<blockquote>", "<pre>",
    "<code>", "<h1>", "<h4 onclick=x()>", "<br>", "<hr/>", "<a href='javascript:x()'>",
    '<a href="https://example.org/?a=1&b=2">', "<a class='mention' href='/c/spring/people/1/'>",
    "</a>", "<script>x()</script>", "<script>", "<style>p{}</style>", "<svg onload=x()>", "<math>",
    "<mtext>", "<mglyph>", "<noscript>", "<template>", "<textarea>", "<title>", "<xmp>", "<iframe>",
    "<img src=x onerror=x()>", "<img src='https://example.org/a.png'>", f"<img src='{PICTURE}'>",
    f"<img src='{PICTURE}' alt='<b>' hx-get=/x data-hx-get=/x>", "<img src='data:image/png,'>",
    "<form action=/x>", "<input autofocus onfocus=x()>", "<!--", "-->", "<![if !supportLists]>",
    "<o:p>", "&lt;", "&amp;nbsp;", "&nbsp;", "\x00", "\u202e", "\u2066", "é", "👩‍🏫", "<", ">", '"',
    "'", "=", " ", "\n", "text", "@Mia",
])  # fmt: skip
WILD = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40).map("".join)
TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
ALLOWED = richtext.TAGS | {"img"}
ATTRIBUTES = {"href", "rel", "class", "src", "alt", "width", "height", "colspan", "rowspan"}


@settings(max_examples=400, deadline=None)
@given(WILD)
def test_sanitized_posts_hold_nothing_but_what_is_allowed(wild):
    clean = sanitize_post(wild)
    for tag in TAG.finditer(clean):
        assert tag[2] in ALLOWED
        for name, value in re.findall(r"([a-z-]+)=\"([^\"]*)\"", tag[3]):
            assert name in ATTRIBUTES
            if name == "src":
                assert richtext.PICTURE_ADDRESS.fullmatch(value)
            if name == "href":
                assert not re.match(r"\s*(javascript|data|vbscript)", value, re.I)
            if name == "class":
                assert value == "mention"
    # Whatever else looks like a tag is text.
    assert "<" not in TAG.sub("", clean)
    assert "\x00" not in clean


@settings(max_examples=400, deadline=None)
@given(WILD)
def test_sanitizing_twice_changes_nothing(wild):
    clean = sanitize_post(wild)
    assert sanitize_post(clean) == clean


@settings(max_examples=300, deadline=None)
@given(WILD)
def test_plain_text_becomes_sanitized_html(wild):
    html = from_plain(wild, clean=sanitize_post)
    assert sanitize_post(html) == html


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<b ", "<img ", "<ul><li>", "<table><tr><td>", "<blockquote>", "<b id=1><p>",
     "<a><table>", "<", "<!--", "&", "<svg>", "@a ", "<pre>", "<x>", "<h2><li>", "<dd><li>",
     "<svg><tr>", '<x y="<">'],
)  # fmt: skip
def test_much_more_costs_not_much_more(piece):
    def cost(length: int) -> float:
        # Many begin and none ends, then many end that never began.
        html = (piece * length)[: length // 2] + ("</y>" * length)[: length // 2]
        begun = time.process_time()
        to_text(sanitize_post(html))
        return time.process_time() - begun

    cost(1_000)
    assert cost(200_000) < max(30 * cost(20_000), 3)


def test_a_table_with_one_long_cell_is_not_laid_out_a_thousand_times():
    wide = f"<table><tr><td>{'x' * 90_000}<td>b{'<tr><td>a<td>b' * 5_000}</table>"
    text = to_text(sanitize_post(wide))
    assert len(text) < 200_000
    assert text.count("b") == 5_001
    assert to_text("<table><tr><td>one</td><td>two</td></tr></table>") == "one  two"


def test_deep_nesting_keeps_its_words():
    clean = sanitize_post("<blockquote>" * 500 + "<p>words</p>")
    assert clean.count("<blockquote>") == richtext.DEEPEST
    assert to_text(clean) == "words"


def test_word_markup_comes_out_clean():
    pasted = (
        "<!--[if gte mso 9]><xml><w:WordDocument>Normal</w:WordDocument></xml><![endif]-->"
        "<style>p.MsoNormal {margin:0}</style><div class=WordSection1>"
        "<p class=MsoNormal style='margin:0cm'><b>Plan</b><o:p></o:p></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<h1 style='mso-x:y'>Heading</h1><p class=MsoNormal><i>Soon</i></p></div>"
    )
    assert sanitize_post(pasted) == (
        "<p><strong>Plan</strong></p><h2>Heading</h2><p><em>Soon</em></p>"
    )


def test_google_docs_are_not_all_bold():
    pasted = (
        '<b style="font-weight:normal;" id="docs-internal-guid-1">'
        '<p dir="ltr"><span style="font-weight:400">Plain</span></p></b>'
    )
    assert sanitize_post(pasted) == "<p>Plain</p>"


def test_lines_without_paragraphs_stay_apart():
    assert sanitize_post("<div>One</div><div>Two</div>") == "<p>One</p><p>Two</p>"


def test_pictures_have_words_and_come_from_here():
    html = f'<img src="{PICTURE}" width="40" height="1e9"><img src="https://example.org/x.png">'
    assert sanitize_post(html) == f'<img alt="" src="{PICTURE}" width="40">'


def test_a_post_goes_through_a_textarea_and_back():
    html = sanitize_post(
        '<h2>A</h2><p>One <strong>bold</strong> <a href="https://example.org/a">https://example.org/a'
        '</a> and <a href="https://example.org/">there</a>.</p><ul><li>x</li><li>y</li></ul>'
        "<ol><li>1</li><li>2</li></ol><blockquote><p>said<br>so</p></blockquote>"
        f'<p><img src="{PICTURE}" alt="Yard"></p>'
    )
    assert from_plain(to_plain(html), clean=sanitize_post) == html
