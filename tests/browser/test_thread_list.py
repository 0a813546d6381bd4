"""The list of discussions as people use it."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import SpaceFactory, ThreadFactory

pytestmark = pytest.mark.services


def test_a_filter_applies_at_once_but_waits_for_whoever_chooses_by_keys(window, cast):
    ThreadFactory(space=SpaceFactory(cohort=cast.cohort), author=cast.mia)
    page = window(cast.mia)
    page.goto("/c/spring/discussions/")
    apply = page.get_by_role("button", name="Filter", exact=True)
    expect(apply).to_be_hidden()
    page.get_by_label("Kind").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(apply).to_be_visible()
    expect(page.locator("#filter-kind")).to_be_focused()
    apply.press("Enter")
    # With its script: until that has come, it is the button that applies.
    page.wait_for_url(re.compile("kind=question"), wait_until="load")

    page.get_by_label("Kind").click()
    page.get_by_label("Kind").select_option("win")
    expect(page).to_have_url(re.compile("kind=win"))


def test_what_is_chosen_before_the_script_comes_can_be_applied(window, cast):
    ThreadFactory(space=SpaceFactory(cohort=cast.cohort), author=cast.mia)
    page = window(cast.mia)
    page.route("**/forum-filters.js", lambda route: (chosen(), route.continue_()))

    def chosen():
        page.get_by_label("Kind").select_option("win")

    page.goto("/c/spring/discussions/")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page).to_have_url(re.compile("kind=win"))
