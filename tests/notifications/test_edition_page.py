"""The edition as it is read, whatever people call their things."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from notifications.edition.composing import write
from notifications.message import build
from notifications.mime import as_bytes
from notifications.models import Delivery
from notifications.samples import person
from notifications.sections import Button, Group, Link, Place, Reader, SectionItem, SectionPart

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WILD = st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"),
    min_size=1,
    max_size=160,
)


def edition(parts):
    reader = person("Ana Ruiz", email="ana@example.org")
    delivery = Delivery(
        kind="notifications.edition",
        cohort=reader.cohort,
        recipient=reader,
        params={"rhythm": "weekly"},
    )
    return delivery, write(delivery, Reader(reader, NOW - timedelta(days=7), NOW), parts)


def links(mail) -> tuple[set[str], set[str]]:
    in_html = {unescape(one) for one in re.findall(r'href="(https?:[^"]+)"', mail.html)}
    in_text = set(re.findall(r"https?://[^\s<>]+", mail.text))
    return in_html - {settings.BASE_URL}, in_text


@given(title=WILD, words=WILD, label=WILD)
@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wild_words_break_neither_part_nor_headers(title, words, label):
    item = SectionItem(
        title, "/x/", detail=words, excerpt=words, group=Group(label), links=(Link(words, "/y/"),)
    )
    delivery, mail = edition([SectionPart(Place.THEMES, [item], highlights=[title])])
    assert "slot-" not in mail.html.replace(title, "").replace(words, "")
    assert "<script" not in mail.html.lower()
    in_html, in_text = links(mail)
    assert {f"{settings.BASE_URL}/x/", f"{settings.BASE_URL}/y/"} <= in_html & in_text
    message = build(delivery, mail, "ana@example.org")
    assert len(message.subject) <= 150
    assert all(len(line) <= 998 for line in as_bytes(message).split(b"\r\n\r\n")[0].split(b"\r\n"))


def test_markup_in_a_title_is_shown_and_not_obeyed():
    item = SectionItem("<b>Bold</b> & <script>alert(1)</script>", "/x/")
    _delivery, mail = edition([SectionPart(Place.WINS, [item], highlights=[item.title])])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mail.html
    assert "<b>Bold</b> & <script>alert(1)</script>" in mail.text


def test_a_busy_week_stays_below_what_mail_programs_cut():
    long = "A sentence that goes on about partnerships and who calls whom first. " * 3
    parts = [
        SectionPart(
            place,
            [
                SectionItem(
                    f"{place.name} {n} {long[:120]}", f"/{place.name}/{n}/", detail=long[:80],
                    excerpt=long[:200],
                    group=Group(f"Theme {n % 4}", "drivers", n % 4, f"/t{n % 4}/"),
                )
                for n in range(500)
            ],
            highlights=[long],
            more_url=f"/{place.name}/",
        )
        for place in Place
    ]  # fmt: skip
    _delivery, mail = edition(parts)
    assert len(mail.html.encode()) < 90_000
    in_html, in_text = links(mail)
    assert in_html == in_text


def test_parts_of_one_place_stand_together_by_theme():
    drivers, leaders = Group("Drivers", "drivers", 1, "/d/"), Group("Leaders", "leaders", 2, "/l/")
    parts = [
        SectionPart(Place.THEMES, [SectionItem("L1", "/1/", group=leaders)]),
        SectionPart(
            Place.THEMES, [SectionItem(f"Driver {n}.", f"/d{n}/", group=drivers) for n in range(6)]
        ),
        SectionPart(Place.WINS, [SectionItem("W", "/w/")]),
        SectionPart(Place.THEMES, [SectionItem("none", "/n/")]),
    ]
    _delivery, mail = edition(parts)
    places = [
        mail.text.index(word)
        for word in [
            "NEW BY THEME",
            "Drivers",
            "Driver 0.",
            "Driver 3.",
            "and 2 more",
            "Leaders",
            "L1",
            "none",
            "WINS",
        ]
    ]
    assert places == sorted(places)
    assert "Driver 4." not in mail.text
    assert f"and 2 more: {settings.BASE_URL}/d/" in mail.text


def test_what_is_the_same_for_many_is_rendered_once_and_buttons_are_ones_own(monkeypatch):
    from notifications.edition import page

    rendered = []
    fragment = page.fragment
    monkeypatch.setattr(
        page, "fragment", lambda name, **words: rendered.append(name) or fragment(name, **words)
    )
    title = f"Only here {NOW:%f} {id(rendered)}"
    for n in range(3):
        item = SectionItem(title, "/x/", buttons=(Button("Yes", f"/answers/{n}/"),))
        _delivery, mail = edition([SectionPart(Place.NEXT_SESSION, [item], highlights=[title])])
        assert f"{settings.BASE_URL}/answers/{n}/" in mail.html
        assert f"{settings.BASE_URL}/answers/{n}/" in mail.text
    assert rendered.count("mail/edition/_item") == 1


@pytest.mark.parametrize(
    ("days", "opening"),
    [(1, "Today in"), (7, "This week in"), (20, "New in")],
)
def test_it_says_how_much_time_it_covers(days, opening):
    reader = person("Ana Ruiz", email="ana@example.org")
    delivery = Delivery(
        kind="notifications.edition", cohort=reader.cohort, recipient=reader, params={}
    )
    part = SectionPart(Place.WINS, [SectionItem("W", "/w/")], highlights=["W"])
    mail = write(delivery, Reader(reader, NOW - timedelta(days=days), NOW), [part])
    assert mail.subject == f"{opening} Sample Cohort: W"
