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
    expect(page).to_have_url(re.compile("kind=question"))

    # The new page's script has come: until then it is the button that applies.
    expect(apply).to_be_hidden()
    page.get_by_label("Kind").click()
    page.get_by_label("Kind").select_option("win")
    expect(page).to_have_url(re.compile("kind=win"))
