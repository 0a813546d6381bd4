"""What keeps pages light: no indentation, no words that only scripts use, fonts by a header."""

import pytest
from django.http import HttpResponse
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from cohort import assets, middleware
from cohort.templatetags import ui


@pytest.fixture
def templates(tmp_path, settings):
    """A folder of templates, loaded as the project's own."""
    options = settings.TEMPLATES[0]["OPTIONS"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path], "OPTIONS": options}]
    return tmp_path


def test_pages_lose_their_indentation_and_no_line(templates):
    (templates / "a.html").write_text("<p>\n    <b>one</b> two\n\n\t{{ missing }}</p>\n")
    assert render_to_string("a.html") == "<p>\n<b>one</b> two\n\n</p>\n"


def test_texts_stay_as_they_are_written(templates):
    (templates / "a.txt").write_text("- one\n    two\n")
    assert render_to_string("a.txt") == "- one\n    two\n"


def test_a_mistake_in_a_template_is_told_with_its_line(templates):
    (templates / "a.html").write_text("<p>\n    {% no_such_tag %}\n</p>\n")
    with pytest.raises(Exception, match="no_such_tag") as raised:
        get_template("a.html")
    assert raised.value.token.lineno == 2
    assert engines.all()


@pytest.mark.parametrize("is_built", [True, False])
def test_dialogs_come_with_the_script_or_with_the_page(monkeypatch, is_built):
    monkeypatch.setattr(assets, "is_built", lambda: is_built)
    assert ('id="words"' in ui.dialogs()) is not is_built
    assert 'id=\\"words\\"' in assets.build_js()


def answer(response, monkeypatch, has_fonts=True):
    middleware._fonts.cache_clear()
    monkeypatch.setattr(assets, "has_fonts", lambda: has_fonts)
    monkeypatch.setattr(middleware, "static", lambda path: f"/static/{path}")
    return middleware.FontsMiddleware(lambda _request: response)(RequestFactory().get("/"))


def test_a_page_names_its_fonts(monkeypatch):
    link = answer(HttpResponse("<p>"), monkeypatch)["Link"]
    assert link.split(", ") == [
        f"</static/{font}>; rel=preload; as=font; type=font/woff2; crossorigin"
        for font in assets.FONTS
    ]


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "application/json"}, {"Content-Security-Policy": "default-src 'none'"}],
)
def test_what_has_no_fonts_names_none(monkeypatch, headers):
    assert "Link" not in answer(HttpResponse("<p>", headers=headers), monkeypatch)


def test_before_fonts_are_built_none_are_named(monkeypatch):
    assert "Link" not in answer(HttpResponse("<p>"), monkeypatch, has_fonts=False)
