"""Files and links on their way into the library."""

import re

import pytest
from playwright.sync_api import expect

from resources.models import Resource
from tests import made_files as made
from tests.browser.library import fill


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_member_adds_finds_and_downloads_a_file(window, mia, theo, files, scripts):
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto("/c/spring/library/")
    page.get_by_role("link", name="Add the first resource").click()
    page.set_input_files("input[type=file]", files("setup.exe", b"MZ" + bytes(90)))
    fill(page, "Agreement with the hospital")
    page.get_by_role("button", name="Add to the library").click()
    page.get_by_text("This is a program").wait_for()
    expect(page.get_by_label("Title")).to_have_value("Agreement with the hospital")

    page.set_input_files("input[type=file]", files("協定書.pdf", made.pdf()))
    page.get_by_role("button", name="Add to the library").dblclick()
    page.get_by_role("heading", name="Agreement with the hospital").wait_for()
    assert Resource.objects.count() == 1
    if scripts:
        # The page stands whole, and at its top, though it came in the place of the form.
        page.wait_for_function("scrollY === 0")
        expect(page.locator("theme-switch button")).to_have_count(3)

    other = window(theo, java_script_enabled=scripts)
    other.goto("/c/spring/library/?q=hosp")
    other.get_by_role("link", name="Agreement with the hospital").click()
    with other.expect_download() as download:
        other.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "協定書.pdf"
    assert download.value.path().read_bytes() == made.pdf()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_sub_lessons_wait_folded_until_they_are_wanted(window, accessible, mia, scripts):
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto("/c/spring/library/new/")
    agility = page.get_by_role("checkbox", name="Agility")
    expect(agility).to_have_count(0)
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    if scripts:
        agility.check()
        accessible(page)
    else:
        page.get_by_text("sub-lessons of Leaders").click()
        agility.check()
    page.get_by_label("Title").fill("Agile")
    page.get_by_label("Kind").select_option("article")
    page.get_by_role("button", name="Add to the library").click()

    # Refused: nothing was given. What was picked is still open, and nothing else.
    page.get_by_text("Choose a file").wait_for()
    expect(agility).to_be_checked()
    expect(page.get_by_role("checkbox", name="Catalysts")).to_have_count(0)


# Notes whether the button was hidden whenever a row was on its way.
BUTTON_WATCHED = """() => {
  window.seenWhileSending = []
  const rows = document.querySelector(".many")
  const button = document.querySelector(".form--resource button[type=submit]")
  new MutationObserver(() => {
    const seen = window.seenWhileSending
    const isSending = rows.querySelector("[data-state=sending]")
    if (isSending && !seen.includes(button.hidden)) seen.push(button.hidden)
  }).observe(rows, { subtree: true, attributes: true, attributeFilter: ["data-state"] })
}"""


@pytest.mark.parametrize("width", [390, 1440])
def test_several_files_are_added_at_once_and_what_fails_is_tried_again(
    window, accessible, mia, files, width
):
    page = window(mia, width=width)
    page.goto("/c/spring/library/new/")
    page.set_input_files(
        "input[type=file]",
        [files("MOU_draft.pdf", made.pdf()), files("plan.docx", made.docx_file()),
         files("setup.exe", b"MZ" + bytes(600))],
    )  # fmt: skip
    rows = page.locator(".many__row")
    rows.nth(2).wait_for()
    expect(page.get_by_label("Title", exact=True)).to_be_hidden()
    accessible(page)
    page.get_by_label("Title: MOU_draft.pdf").fill("Agreement, draft")
    add = page.get_by_role("button", name="Add 3 files to the library")
    page.get_by_label("Kind").select_option("agreement")
    add.click()
    # Not all was said of what holds for all: no file was sent, and it leads to what was not said.
    page.get_by_role("alert").get_by_role("link", name="choose at least one theme").click()
    assert not Resource.objects.exists()
    expect(page).to_have_url("/c/spring/library/new/#id_themes")
    expect(page.get_by_label("Link")).to_be_hidden()

    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    failing = [True]

    def fail_once(route):
        is_file = b'filename="plan.docx"' in (route.request.post_data_buffer or b"")
        if is_file and failing and failing.pop():
            route.abort()
        else:
            route.continue_()

    # While files are on their way the button is away, and the list says what becomes of them.
    page.evaluate(BUTTON_WATCHED)
    page.route("**/library/new/", fail_once)
    add.click()
    page.get_by_text("This is a program").wait_for()
    assert page.evaluate("window.seenWhileSending") == [True]
    expect_states(page, "added", "failed", "refused")
    page.evaluate("scrollTo(0, 0)")
    accessible(page)
    page.get_by_role("button", name="Try again: plan.docx").click()
    page.get_by_role("link", name="Edit: plan").wait_for()
    # There is no more to say of them.
    expect(page.get_by_label("Kind")).to_be_hidden()
    page.get_by_role("button", name="Leave it out: setup.exe").click()
    page.get_by_role("link", name="To the library").click()
    page.wait_for_url("**/library/")
    titles = Resource.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Agreement, draft", "plan"]
    page.goto("/c/spring/library/new/")
    expect(page.get_by_label("Kind")).to_have_value("")


def expect_states(page, *states: str) -> None:
    for row, state in enumerate(states):
        expect(page.locator(".many__row").nth(row)).to_have_attribute("data-state", state)


def test_one_of_several_is_cancelled_while_the_others_arrive_and_tried_again(
    window, accessible, mia, files
):
    page = window(mia, width=390)
    page.goto("/c/spring/library/new/")
    page.set_input_files(
        "input[type=file]",
        [files("MOU.pdf", made.pdf()), files("film.txt", b"slow"),
         files("plan.docx", made.docx_file())],
    )  # fmt: skip
    page.get_by_label("Kind").select_option("agreement")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()

    def stall(route):
        if b'filename="film.txt"' not in (route.request.post_data_buffer or b""):
            route.continue_()

    page.route("**/library/new/", stall)
    page.get_by_role("button", name="Add 3 files to the library").click()
    cancel = page.get_by_role("button", name="Cancel: film.txt")
    cancel.wait_for()
    expect_states(page, "added", "sending", "waiting")
    accessible(page)
    cancel.focus()
    page.keyboard.press("Enter")

    page.get_by_role("link", name="Edit: plan").wait_for()
    page.get_by_text("Cancelled.").wait_for()
    again = page.get_by_role("button", name="Try again: film.txt")
    expect(again).to_be_focused()
    expect_states(page, "added", "failed", "added")
    titles = Resource.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["MOU", "plan"]
    accessible(page)

    page.unroute("**/library/new/")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Edit: film").wait_for()
    page.get_by_role("link", name="To the library").wait_for()
    assert list(titles.all()) == ["MOU", "plan", "film"]


def test_without_scripts_several_files_are_added_in_one_form(window, accessible, mia, files):
    page = window(mia, width=390, java_script_enabled=False)
    page.goto("/c/spring/library/new/")
    page.set_input_files(
        "input[type=file]",
        [files("MOU_draft.pdf", made.pdf()), files("plan.docx", made.docx_file()),
         files("setup.exe", b"MZ" + bytes(600))],
    )  # fmt: skip
    page.get_by_label("Kind").select_option("agreement")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    page.get_by_role("button", name="Add to the library").click()
    page.get_by_role("heading", name="Added to the library").wait_for()
    expect(page.get_by_role("link", name="Edit: MOU draft")).to_be_visible()
    expect(page.get_by_text("setup.exe: This is a program")).to_be_visible()
    with_scripts = window(mia)
    with_scripts.goto(page.url)
    accessible(with_scripts)


def test_a_links_title_comes_by_itself_and_overwrites_nothing(window, mia):
    page = window(mia, width=390)
    said = {"title": "A guide to placements", "description": "Step by step."}
    page.route("**/link-words/", lambda route: route.fulfill(json=said))
    page.goto("/c/spring/library/new/")
    page.get_by_label("Link").fill("example.org/guide")
    page.get_by_label("Kind").focus()
    expect(page.get_by_label("Link")).to_have_value("https://example.org/guide")
    page.get_by_text("The title is the page’s own").wait_for()
    expect(page.get_by_label("Title")).to_have_value(said["title"])
    expect(page.get_by_label("What it is")).to_have_value(said["description"])
    page.get_by_label("Title").fill("Mine")
    page.get_by_label("Link").fill("https://example.org/other")
    page.get_by_label("Kind").focus()
    expect(page.get_by_label("Title")).to_have_value("Mine")


def test_too_large_is_said_before_anything_is_sent(window, mia, files, settings):
    page = window(mia)
    page.goto("/c/spring/library/new/")
    page.set_input_files(
        "input[type=file]", files("film.pdf", made.pdf() + bytes(settings.UPLOAD_MAX_BYTES))
    )
    page.get_by_text("is larger than 25 MB").wait_for()
    fill(page, "Film")
    page.get_by_role("button", name="Add to the library").click()
    expect(page).to_have_url("/c/spring/library/new/")
    assert not Resource.objects.exists()
