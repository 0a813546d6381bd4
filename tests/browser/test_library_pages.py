"""What is written in the library, and videos that it plays."""

import re

from playwright.sync_api import expect

from resources.models import Resource
from tests.browser.library import a_page, a_video, fill
from tests.resources.test_contents import jpeg


def test_a_page_is_written_in_the_editor_and_read(window, mia, theo):
    page = window(mia, width=390)
    page.goto("/c/spring/library/new/")
    page.get_by_role("link", name="Write a page here").click()
    page.get_by_label("The page").focus()
    page.get_by_role("toolbar", name="Formatting").wait_for()
    page.keyboard.type("Listen ")
    page.keyboard.press("Control+b")
    page.keyboard.type("first")
    fill(page, "First ninety days")
    page.get_by_text("More about it").click()
    page.get_by_label("Who made it").fill("Three of us")
    page.get_by_role("button", name="Add to the library").click()
    page.get_by_role("heading", name="First ninety days").wait_for()
    assert Resource.objects.get().current_page.html == "<p>Listen <strong>first</strong></p>"

    other = window(theo)
    other.goto(page.url)
    expect(other.locator("article strong")).to_have_text("first")
    expect(other.get_by_text("Three of us")).to_be_visible()


def test_of_two_who_edit_a_page_at_once_the_second_sees_both(window, mia, fay):
    written = a_page(mia)
    pages = [window(member) for member in (fay, mia)]
    for page in pages:
        page.goto(f"{written.get_absolute_url()}edit/")
        page.get_by_role("toolbar", name="Formatting").wait_for()
    for page, words in zip(pages, ("Fay was here. ", "Mia was here. "), strict=True):
        page.get_by_label("The page").focus()
        page.keyboard.press("Control+Home")
        page.keyboard.type(words)
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
    second = pages[1]
    second.get_by_role("alert").wait_for()
    second.get_by_role("toolbar", name="Formatting").wait_for()
    theirs = second.get_by_role("region", name="What stands there now")
    expect(theirs).to_contain_text("Fay was here.")
    expect(second.get_by_label("The page")).to_contain_text("Mia was here.")
    second.get_by_role("button", name="Save mine over it").click()
    second.get_by_text("Saved.").wait_for()
    written.refresh_from_db()
    assert written.current_page.number == 3


def test_nothing_of_a_video_is_loaded_before_it_is_played(window, mia):
    video = a_video(mia)
    page = window(mia, width=390)
    asked = []
    page.route(
        re.compile("youtube"),
        lambda route: (asked.append(route.request.url), route.fulfill(body="<p>The film</p>")),
    )
    page.goto(video.get_absolute_url())
    play = page.get_by_role("button", name="Play it here")
    play.wait_for()
    assert asked == []
    play.click()
    page.frame_locator("iframe").get_by_text("The film").wait_for()
    assert asked == ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0"]

    plain = window(mia, java_script_enabled=False)
    plain.goto(video.get_absolute_url())
    expect(plain.get_by_role("link", name="Open at youtu.be")).to_be_visible()
    expect(plain.get_by_role("button", name="Play it here")).to_be_hidden()


def test_a_picture_is_put_into_a_page_and_its_draft_comes_back(
    window, accessible, mia, theo, files
):
    page = window(mia, width=390)
    page.goto("/c/spring/library/new/page/")
    fill(page, "First ninety days")
    page.get_by_role("textbox", name="The page").click()
    page.locator(".editor__text").press_sequentially("Weeks on one page:")
    with page.expect_response("**/attachments/") as sent:
        page.set_input_files(".editor input[type=file]", files("weeks.jpg", jpeg((80, 60))))
    assert sent.value.status == 201
    page.locator(".editor__text img").wait_for()
    page.get_by_text("Draft saved.").wait_for()
    accessible(page)

    again = window(mia, width=1440)
    again.goto("/c/spring/library/new/page/")
    again.locator(".editor__text img").wait_for()
    expect(again.get_by_label("Title")).to_have_value("First ninety days")
    expect(again.get_by_label("Kind")).to_have_value("agreement")
    again.get_by_role("button", name="Add to the library").click()
    again.get_by_role("heading", name="First ninety days", level=1).wait_for()

    reader = window(theo)
    reader.goto(again.url)
    picture = reader.locator("article img")
    picture.wait_for()
    expect(picture).to_have_js_property("naturalWidth", 80)
    expect(picture).to_have_js_property("naturalHeight", 60)
    again.goto("/c/spring/library/new/page/")
    expect(again.get_by_label("Title")).to_have_value("")
