import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve
from lucide import IconDoesNotExist

from cohort.browsers import browser_name
from cohort.icons import drawing, stylesheet
from cohort.templatetags import ui
from demo.styleguide import ExampleForm


def page(path, member=None, user=None, **context):
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    request.user = user or member.user
    return Context({"request": request, "membership": member, **context})


def current(context):
    return {place["key"]: place["current"] for place in ui.shell(context)["places"]}


def test_shell_marks_the_place_of_the_page_and_shows_members_no_console(mia):
    here = current(page(f"/c/{mia.cohort.slug}/discussions/", mia))

    assert here == {
        "home": "",
        "sessions": "",
        "discussions": "page",
        "library": "",
        "people": "",
        "teams": "",
    }


def test_shell_marks_the_place_a_page_lies_below(fay):
    context = page(f"/c/{fay.cohort.slug}/people/{fay.pk}/", fay)

    assert current(context)["people"] == "true"
    assert current(context)["console"] == ""


def test_shell_lets_a_page_say_where_it_belongs(fay):
    context = page(f"/c/{fay.cohort.slug}/discussions/", fay, nav_section="console")

    assert {key for key, mark in current(context).items() if mark} == {"console"}


def test_shell_outside_a_cohort_keeps_the_one_visited_last(mia, cast):
    assert ui.shell(page("/accounts/email/", user=mia.user))["cohort"] == mia.cohort
    outside = ui.shell(page("/accounts/email/", user=cast.outsider))
    assert outside == {"cohort": None, "membership": None, "places": []}


@pytest.mark.parametrize("name", [place[2] for place in ui.PLACES] + ["calendar", "log-out"])
def test_drawing_is_one_path_of_absolute_beginnings(name):
    path = drawing(name)

    assert re.match(r"M\s*-?\.?\d", path)
    assert not re.search(r"[zZ\d]\s*m", path)


def test_drawing_keeps_the_lines_after_a_relative_beginning():
    # As drawn, m6 9 6 6 6-6: two lines, which an absolute move would turn absolute too.
    assert drawing("chevron-down") == "M6 9l6 6 6-6"


def test_drawing_refuses_an_unknown_icon():
    with pytest.raises(IconDoesNotExist):
        drawing("no-such-icon")


def test_avatar_shows_initials_where_there_is_no_picture(mia):
    mia.user.name = "Ana María <i> Peña-Solís"
    html = Template('{% avatar member "avatar--small" %}').render(Context({"member": mia}))

    hue = mia.user.pk % 8
    assert html == (
        f'<span aria-hidden="true" class="avatar avatar--{hue} avatar--small">AP</span>'
    )


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko Firefox/140", "Firefox on Linux"),
        ("Mozilla/5.0 (iPad; CPU OS 19 like Mac OS X) CriOS/140 Safari/604", "Chrome on iPad"),
        ("curl/8", "Browser"),
    ],
)
def test_browser_name_says_it_in_three_words(user_agent, name):
    assert browser_name(user_agent) == name


def test_a_field_group_names_its_help_and_its_error_for_screen_readers():
    html = str(ExampleForm({"title": ""})["title"].as_field_group())

    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_the_stylesheet_holds_the_shells_icons_as_they_are_drawn():
    written = (settings.BASE_DIR / "static/css/components/icons.css").read_text("utf-8")
    assert written == stylesheet()


def test_an_icon_of_the_shell_is_masked_and_another_drawn():
    assert ui.icon("house") == '<i class="icon icon--house" aria-hidden="true"></i>'
    assert "<path d=" in ui.icon("flag")
