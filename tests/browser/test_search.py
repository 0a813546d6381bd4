"""Search as one types, by keyboard, on a phone, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.factories import PostFactory, SpaceFactory, ThreadFactory

SEARCH = "/c/spring/search/"


@pytest.fixture
def talk(cast, themes):
    commons = SpaceFactory(cohort=cast.cohort, name="Commons", slug="commons")
    for number in range(25):
        thread = ThreadFactory(space=commons, author=cast.theo, title=f"Zebra crossing {number}")
        PostFactory(thread=thread, author=cast.mia, body_text="They cross where zebras cross.")
    apart = ThreadFactory(space=commons, author=cast.tia, title="Ferries")
    apart.themes.add(themes["drivers"])
    return commons


def test_results_follow_what_is_typed_and_the_field_keeps_the_focus(window, cast, talk, accessible):
    page = window(cast.mia)
    page.goto("/c/spring/")
    page.keyboard.press("/")
    page.keyboard.type("zeb")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=zeb")
    expect(page.locator("#search-status")).to_have_text("25 results")
    accessible(page)

    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("ferr", delay=40)
    page.get_by_role("link", name="Ferries").wait_for()
    expect(page.locator("#search-words")).to_be_focused()
    expect(page.locator("#search-words")).to_have_value("ferr")
    expect(page.locator("#search-status")).to_have_text("1 result")
    expect(page).to_have_url("/c/spring/search/?q=ferr")
    expect(page.locator("#found mark").first).to_have_text("Ferries")

    # Backwards from results to what was there before typing.
    page.go_back()
    expect(page).to_have_url("/c/spring/")


def test_a_filter_narrows_at_once_and_lives_in_the_address(window, cast, talk, accessible):
    page = window(cast.mia, width=390, height=844)
    page.goto(f"{SEARCH}?q=ferries+or+zebra&in=discussions")
    expect(page.locator("#search-theme")).to_be_hidden()
    page.get_by_text("Narrow it down").click()
    page.locator("#search-theme").select_option("drivers")
    page.wait_for_url("**theme=drivers**")
    expect(page.locator("#search-status")).to_have_text("1 result")
    assert "in=discussions" in page.url

    page.locator("#search-by").fill("ti")
    page.locator("#search-people option[value=Tia]").wait_for(state="attached")
    page.locator("#search-by").fill("Tia")
    page.locator("#search-by").press("Tab")
    page.wait_for_url("**by=Tia**")
    accessible(page)
    page.reload()
    expect(page.get_by_text("Narrow it down · 2 chosen")).to_be_visible()
    page.get_by_text("Narrow it down").click()
    expect(page.locator("#search-by")).to_have_value("Tia")
    expect(page.get_by_role("link", name="Ferries")).to_be_visible()

    page.locator("#search-since").fill("2026-05-02")
    page.locator("#search-until").fill("2026-05-01")
    page.locator("#search-until").press("Tab")
    page.get_by_text("The last day comes before the first one.").wait_for()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_pages_and_kinds_work_without_scripts(window, cast, talk):
    page = window(cast.mia, java_script_enabled=False)
    page.goto(SEARCH)
    page.locator("#search-words").fill("zebra")
    page.get_by_role("button", name="Search").click()
    page.locator("#found .tabs").get_by_role("link", name="Discussions").click()
    first = page.locator("#found .row__title").all_inner_texts()
    page.get_by_role("link", name="More results").click()
    rest = page.locator("#found .row__title").all_inner_texts()

    assert (len(first), len(rest)) == (20, 5)
    assert len({*first, *rest}) == 25


def test_nothing_found_says_what_to_try(window, cast, talk, accessible):
    page = window(cast.mia, scheme="dark")
    page.goto(f"{SEARCH}?q=feries")
    expect(page.get_by_role("link", name="Ferries")).to_be_visible()
    accessible(page)
    page.goto(f"{SEARCH}?q=qqqqqq")
    expect(page.get_by_text("Try fewer words")).to_be_visible()


def test_the_slash_leads_to_search_where_the_bar_has_no_field(window, cast):
    page = window(cast.mia, width=390, height=844)
    page.goto("/c/spring/year/")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    expect(page.locator("#search-words")).to_be_focused()


def test_on_a_small_phone_every_kind_of_result_is_in_sight(window, cast, talk):
    page = window(cast.mia, width=320, height=640)
    page.goto(f"{SEARCH}?q=zebra+or+tia+or+ferries")
    tabs = page.get_by_role("navigation", name="Kinds of results").get_by_role("link").all()
    boxes = [tab.bounding_box() for tab in tabs]
    assert len({box["y"] for box in boxes}) > 1
    assert max(box["x"] + box["width"] for box in boxes) <= 320
