"""The library as a person meets it."""

import re

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from cohort.files import check_upload
from cohort.models import Theme
from resources import contents
from resources.models import Resource
from resources.services import add_version
from tests.browser.library import a_guide, a_page, a_table, a_video


def test_filters_show_their_results_at_once_and_keep_their_address(window, mia, cohort):
    page = window(mia)
    # What is kept of the counts is told of what is added after them.
    a_guide(mia)
    page.goto("/c/spring/library/")
    for title, kind in (("Plan", "action_plan"), ("Deck", "slides")):
        resource = Resource.objects.create(
            cohort=cohort, title=title, kind=kind, url="https://example.org/", added_by=mia
        )
        resource.themes.set([Theme.objects.get(slug="drivers")])
    page.goto("/c/spring/library/")
    page.locator("select[name=kind]").select_option("slides")
    page.get_by_role("link", name="Plan").wait_for(state="detached")
    expect(page.get_by_role("link", name="Deck")).to_be_visible()
    # What was not chosen is not in the address.
    expect(page).to_have_url("/c/spring/library/?kind=slides")
    page.get_by_role("link", name="Show everything").click()
    page.get_by_role("link", name="Plan").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_one_is_led_to_is_in_sight_on_a_phone_and_each_filter_can_go(
    window, accessible, mia, scripts
):
    a_table(mia)
    a_video(mia)
    page = window(mia, width=390, height=844, java_script_enabled=scripts)
    page.goto("/c/spring/library/?kind=dashboard&language=en&team=harbor")
    seats = page.get_by_role("link", name="Seats")
    expect(seats).to_be_in_viewport()
    expect(page.get_by_role("link", name="Film")).to_have_count(0)
    if scripts:
        accessible(page)
    page.get_by_role("link", name="Without the filter: Data dashboard").click()
    expect(page.get_by_role("link", name="Film")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?team=harbor&language=en$"))
    page.get_by_role("link", name="Without the filter: Harbor").click()
    expect(page).to_have_url(re.compile(r"\?language=en$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_every_page_is_accessible_and_fits(window, accessible, mia, cohort, scheme, width):
    resource = Resource.objects.create(
        cohort=cohort,
        title="A guide with quite a long title about clinical placements",
        kind="article",
        url="https://example.org/guide",
        description="<p>What it is.</p>",
        description_text="What it is.",
        used_for="With the hospital.",
        added_by=mia,
    )
    resource.themes.set(Theme.objects.filter(parent=None))
    page = window(mia, width=width, scheme=scheme)
    own = resource.get_absolute_url()
    written, video = a_page(mia).get_absolute_url(), a_video(mia).get_absolute_url()
    for address in ("/c/spring/library/", "/c/spring/library/?q=guide", "/c/spring/library/new/",
                    own, f"{own}edit/", f"{own}remove/", "/c/spring/library/new/page/", written,
                    f"{written}written/1/", f"{written}edit/", video):  # fmt: skip
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_table_is_shown_once_the_file_was_read(window, accessible, mia):
    resource = a_table(mia)
    page = window(mia, width=390)
    page.goto(resource.get_absolute_url())
    page.get_by_text("A preview is being made").wait_for()
    while contents.read_next():
        pass
    page.reload()
    page.get_by_role("cell", name="Harbor").wait_for()
    accessible(page)


def test_what_is_ticked_can_be_downloaded_from_where_one_stands(window, accessible, mia):
    for number in range(12):
        a_guide(mia, title=f"Guide {number}")
    page = window(mia, width=390, height=700)
    page.goto("/c/spring/library/")
    download = page.get_by_role("button", name="Download what is ticked")
    expect(download).not_to_be_in_viewport()
    page.get_by_role("checkbox", name="Guide 11").check()
    expect(download).to_be_in_viewport()
    accessible(page)
    with page.expect_download() as downloading:
        download.click()
    assert downloading.value.suggested_filename.endswith(".zip")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_older_file_is_brought_back(window, accessible, mia, scripts):
    resource = a_table(mia)
    newer = check_upload(ContentFile(b"Site,Seats\nHarbor,9\n", "newer.csv"))
    add_version(resource=resource, added_by=mia, file=newer)
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto(resource.get_absolute_url())
    if scripts:
        accessible(page)
    page.get_by_role("button", name="Bring it back (version 1)").click()
    expect(page.get_by_text("Version 1 is back")).to_be_visible()
    expect(page.get_by_role("link", name="Version 3: seats.csv")).to_be_visible()
    expect(page.get_by_role("button", name="Bring it back (version 2)")).to_be_visible()
