"""What the partnerships say of what is in the library, and the lists they make of it."""

import re

import pytest
from playwright.sync_api import expect

from resources import services
from tests.browser.library import a_guide


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_member_says_what_helped_what_they_try_and_what_came_of_it(window, mia, tia, scripts):
    own = a_guide(tia).get_absolute_url()
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto(own)
    page.get_by_role("button", name="Helpful").click()
    page.get_by_role("button", name="Helpful 1", pressed=True).wait_for()

    page.get_by_role("link", name="We are trying this").click()
    page.get_by_label("What will you do with it?").fill("With nurses.")
    page.get_by_role("button", name="We are trying this").click()
    page.get_by_role("link", name="Say what came of it").click()
    page.get_by_label("It worked in part").check()
    page.get_by_label("What would you tell the next team?").fill("Ask the nurses first.")
    page.get_by_role("button", name="Share the report").click()
    page.get_by_text("Ask the nurses first.").wait_for()
    page.get_by_role("link", name="All trials").click()
    page.get_by_role("heading", name="What came of it").wait_for()
    expect(page.get_by_text("Ask the nurses first.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_comments_are_written_and_read_where_the_resource_is(window, mia, tia, scripts):
    own = a_guide(tia).get_absolute_url()
    page = window(mia, java_script_enabled=scripts)
    page.goto(own)
    for words in ("We used it.", "And would again."):
        write(page, words, scripts)
        page.get_by_role("button", name="Comment", exact=True).click()
        page.locator(".post").filter(has_text=words).wait_for()
        page.wait_for_url(f"**{own}#post-*")
    page.get_by_role("link", name="As a discussion").click()
    page.get_by_role("link", name="A guide").click()
    expect(page).to_have_url(own)


def write(page, words: str, scripts: bool) -> None:
    if scripts:
        page.locator("#reply textarea").focus()
        page.locator("#reply [contenteditable=true]").fill(words)
    else:
        page.get_by_label("Your comment").fill(words)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_what_is_said_of_a_resource_is_accessible_and_fits(
    window, accessible, mia, tia, fay, scheme, width
):
    resource = a_guide(tia)
    services.mark_helpful(resource=resource, member=mia)
    services.feature_resource(resource=resource, by=fay)
    services.comment_on(resource=resource, author=fay, body="<p>What came of it?</p>")
    done = services.start_trial(resource=resource, member=tia, plan="With nurses.")
    services.report_trial(trial=done, member=tia, outcome="worked", report="It did.")
    trial = services.start_trial(resource=resource, member=mia)
    own = resource.get_absolute_url()
    for member, addresses in (
        (mia, ["/c/spring/library/", own, f"{own}trials/new/", trial.get_absolute_url(),
               f"{own}trials/{trial.pk}/removal/"]),
        (fay, [own, "/c/spring/library/trials/"]),
    ):  # fmt: skip
        page = window(member, width=width, scheme=scheme)
        for address in addresses:
            page.goto(address)
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_facilitator_arranges_a_reading_list_by_keyboard(window, accessible, fay, tia, scripts):
    first, second = a_guide(tia, title="First"), a_guide(tia, title="Second")
    page = window(fay, width=390, java_script_enabled=scripts)
    page.goto("/c/spring/library/lists/new/")
    page.get_by_label("Title").fill("Before session 4")
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_text("Nothing stands here yet").wait_for()
    for resource in (first, second):
        page.goto(resource.get_absolute_url())
        page.get_by_role("link", name="Put into a list").press("Enter")
        page.get_by_role("checkbox", name="Before session 4").press("Space")
        page.get_by_role("button", name="Save").press("Enter")
        page.get_by_role("link", name="Put into a list").wait_for()
    page.goto("/c/spring/library/lists/")
    page.get_by_role("link", name="Before session 4").press("Enter")
    page.get_by_role("button", name="Move Second up").press("Enter")
    page.get_by_role("button", name="Move Second down", disabled=False).wait_for()
    expect(page.locator(".row__title")).to_have_text(["Second", "First"])
    page.get_by_role("button", name="Feature it").press("Enter")
    page.get_by_text("It stands on top of the library.").wait_for()
    page.goto("/c/spring/library/")
    page.get_by_role("link", name="Before session 4").wait_for()
    if scripts:
        accessible(page)


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_what_is_moved_stays_at_hand_for_the_next_press(window, fay, tia, by):
    reading = services.add_collection(owner=fay, title="To read", is_private=False)
    for title in ("One", "Two", "Three", "Four"):
        resource = a_guide(tia, title=title)
        services.place_resource(resource=resource, member=fay, chosen={reading.pk})
    page = window(fay, width=390, height=600)
    page.goto(reading.get_absolute_url())
    down = page.get_by_role("button", name="Move One down")
    down.scroll_into_view_if_needed()
    place = down.bounding_box()
    where = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)

    form = page.locator("form[data-stays]", has=down).get_attribute("id")
    if by == "keyboard":
        down.focus()
    for moved in (1, 2, 3):
        if by == "keyboard":
            page.keyboard.press("Enter")
        else:
            page.mouse.click(*where)
        expect(page.locator(".row__title").nth(moved)).to_have_text("One")
        page.wait_for_function(
            "([id, x, y]) => document.elementFromPoint(x, y)?.closest('form')?.id === id",
            arg=[form, *where],
        )
        # Until htmx knows the new buttons, a press loads the page anew.
        expect(page.locator("#placings")).not_to_have_class(re.compile("htmx"))
    # It cannot go further, and neither is the keyboard's place lost.
    expect(page.get_by_role("button", name="Move One down")).to_be_disabled()
    expect(page.get_by_role("button", name="Move One up")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_lists_are_accessible_and_fit(window, accessible, fay, tia, scheme, width):
    resource = a_guide(tia)
    made = services.add_collection(owner=fay, title="To read", is_private=False)
    services.place_resource(resource=resource, member=fay, chosen={made.pk})
    item = made.items.get()
    own = made.get_absolute_url()
    page = window(fay, width=width, scheme=scheme)
    for address in ("/c/spring/library/lists/", "/c/spring/library/lists/new/", own, f"{own}edit/",
                    f"{own}removal/", f"{own}items/{item.pk}/edit/",
                    f"{resource.get_absolute_url()}lists/"):  # fmt: skip
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
