from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership
from forums import services as forums
from notifications.edition import audience, notes
from notifications.models import Delivery, EditionNote
from tests.factories import MembershipFactory


@pytest.fixture
def spaces(cast):
    forums.open_spaces(cast.cohort)
    for team in (cast.team, cast.other_team):
        forums.ensure_team_space(team)
    return {space.slug: space for space in cast.cohort.spaces.all()}


@pytest.fixture
def week(cohort):
    return audience.coming_week(cohort, timezone.now())


@pytest.fixture
def page(week):
    return f"/c/spring/console/edition/{week:%Y-%m-%d}/"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("notifications.tasks.poke", lambda: None)


@pytest.fixture
def console(client, fay):
    client.force_login(fay.user)
    return client


def test_the_tab_leads_to_the_week_most_people_get_next(console, page):
    assert console.get("/c/spring/console/edition/")["Location"] == page


def test_a_note_is_published_and_shown_again(console, page, week, fay):
    assert (
        console.post(page, {"body": "Bring **one** question.", "version": "0"}).status_code == 302
    )
    note = EditionNote.objects.get()
    assert (note.week, note.body, note.author) == (
        week,
        "<p>Bring <strong>one</strong> question.</p>",
        fay,
    )
    assert "Published" in console.get(page).text


def test_an_empty_note_is_refused_and_a_long_one_comes_back(console, page):
    assert console.post(page, {"body": "", "version": "0"}).status_code == 422
    answer = console.post(page, {"body": "long " * 2_000, "version": "0"})
    assert answer.status_code == 422
    assert "long long" in answer.text
    assert not EditionNote.objects.exists()


def test_who_publishes_over_somebody_elses_sees_both(console, page, week, fay):
    notes.publish(cohort=fay.cohort, week=week, html="<p>Theirs.</p>", by=fay, version=0)
    answer = console.post(page, {"body": "Mine.", "version": "0"})
    assert answer.status_code == 422
    assert "Theirs." in answer.text
    assert "Mine." in answer.text
    assert console.post(page, {"body": "Mine.", "version": "1"}).status_code == 302
    assert EditionNote.objects.get().body == "<p>Mine.</p>"


def test_what_is_typed_is_kept_without_being_published(console, page):
    assert (
        console.post(f"{page}draft/", {"body": "<p>So far</p>", "is_html": "on"}).status_code == 204
    )
    note = EditionNote.objects.get()
    assert (note.draft, note.is_published) == ("<p>So far</p>", False)
    assert "So far" in console.get(page).text
    assert console.post(f"{page}draft/", {"body": "x" * 200_000}).status_code == 413


def test_a_note_is_taken_out(console, page, week, fay):
    notes.publish(cohort=fay.cohort, week=week, html="<p>Hm.</p>", by=fay, version=0)
    assert console.post(f"{page}withdrawal/").status_code == 302
    assert not EditionNote.objects.get().is_published


def test_a_test_is_put_into_the_outbox_for_oneself(console, page, fay):
    assert console.post(f"{page}test/").status_code == 302
    assert list(Delivery.objects.values_list("kind", "recipient")) == [
        ("notifications.edition_test", fay.pk)
    ]


def test_the_preview_shows_what_the_chosen_member_would_get(console, page, cast, spaces, themes):
    Membership.objects.update(joined_at=timezone.now() - timedelta(days=30))
    for author, title, space in (
        (cast.tia, "For all", "commons"),
        (cast.tia, "Of River", cast.other_team.slug),
    ):
        forums.start_thread(
            space=spaces[space], author=author, title=title, body="B", themes=[themes["drivers"]],
            at=timezone.now() - timedelta(hours=2),
        )  # fmt: skip
    seen = {
        who.user.name: [
            title
            for title in ("For all", "Of River")
            if title in console.get(f"{page}preview/?member={who.pk}").text
        ]
        for who in (cast.mia, cast.fay, cast.tia)
    }
    assert seen == {"Mia": ["For all"], "Fay": ["For all", "Of River"], "Tia": []}


def test_the_preview_is_sealed_and_never_a_strangers(console, page, cast):
    answer = console.get(f"{page}preview/?look=dark&member={cast.olga.pk}")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "Autumn" not in answer.text
    assert "@media all" in answer.text
    text = console.get(f"{page}preview/?look=text")
    assert text["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("week", ["2026-11-25", "nonsense", "1999-01-05", "2099-12-29"])
def test_no_other_days_have_a_note(console, week):
    assert console.get(f"/c/spring/console/edition/{week}/").status_code == 404


def test_every_mail_can_be_looked_at_in_every_way(console):
    assert console.get("/c/spring/console/mails/").status_code == 200
    for look in ("desktop", "phone", "dark", "text"):
        place = "/c/spring/console/mails/notifications.edition/"
        assert f"mail--{look}" in console.get(f"{place}?look={look}").text
        frame = console.get(f"{place}frame/?look={look}")
        assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert console.get("/c/spring/console/mails/nothing/").status_code == 404


def test_the_page_costs_the_same_for_three_as_for_one(
    console, page, cast, spaces, themes, django_assert_num_queries
):
    def happen():
        forums.start_thread(
            space=spaces["commons"], author=cast.tia, title="New", body="B",
            themes=[themes["drivers"]], at=timezone.now() - timedelta(hours=2),
        )  # fmt: skip
        MembershipFactory(cohort=cast.cohort)

    happen()
    console.get(page)
    with CaptureQueriesContext(connection) as queries:
        console.get(page)
    for _n in range(2):
        happen()
    with django_assert_num_queries(len(queries)):
        console.get(page)
