"""A thread's page as people use it: by keyboard, on a phone, while others write."""

import re

import pytest
from playwright.sync_api import expect

from forums import services
from forums.models import Bookmark, Post, Reaction, Thread
from tests.factories import SpaceFactory

pytestmark = pytest.mark.services


@pytest.fixture
def thread(cast, themes):
    """Mia's thread with theo's reply, an answer to it, and an edited post of mia's own."""
    thread = services.start_thread(
        space=SpaceFactory(cohort=cast.cohort, name="Commons"),
        author=cast.mia,
        title="Buses",
        body="<p>Who drives?</p>",
        themes=[themes["drivers"]],
        kind=Thread.Kind.QUESTION,
    )
    reply = services.publish_reply(
        thread=thread, author=cast.theo, body="<p>We lease <strong>two vans</strong>.</p>"
    )
    services.publish_reply(thread=thread, author=cast.tia, body="<p>So do we.</p>", parent=reply)
    own = services.publish_reply(thread=thread, author=cast.mia, body="<p>Thank you.</p>")
    services.edit_post(post=own, body="<p>Thank you all.</p>")
    return thread


def menu_of(page, number):
    page.evaluate("customElements.whenDefined('thread-posts').then(() => true)")
    page.locator(f"#post-{number} a.post__act", has_text="More").click()
    menu = page.locator("#post-acts")
    expect(menu).to_be_visible()
    return menu


def reply(page, text):
    """Send the form of an open page, as its button would, and stay there."""
    page.evaluate(
        """async text => {
          const form = document.getElementById("reply")
          const data = new FormData(form)
          data.set("body", text)
          data.set("is_html", "")
          data.set("form_key", crypto.randomUUID())
          await fetch(form.action, { method: "POST", body: data })
        }""",
        text,
    )


def test_the_menu_of_a_post_by_keyboard_alone(window, cast, thread, accessible):
    page = window(cast.mia)
    page.goto(thread.get_absolute_url())
    page.locator("#post-2 a.post__act", has_text="More").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("menuitemcheckbox", name="Thanks")).to_be_focused()
    accessible(page)

    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Agree")
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_have_text("On a page of its own")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Thanks")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(":focus")).to_have_text("More")

    page.keyboard.press("Enter")
    expect(menu.get_by_role("menuitemcheckbox", name="Thanks")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#post-2 .reaction")).to_have_text("Agree 1")
    assert Reaction.objects.get().kind == "agree"
    expect(page.locator(":focus")).to_have_text("More")

    page.locator("#post-2 .reaction").press("Enter")
    expect(page.locator("#post-2 .reaction")).to_have_count(0)
    assert not Reaction.objects.exists()


def test_the_menu_offers_what_one_may_do(window, cast, thread):
    page = window(cast.mia)
    page.goto(thread.get_absolute_url())

    def offered(number):
        menu = menu_of(page, number)
        names = [item.inner_text() for item in menu.locator("[role^=menuitem]:visible").all()]
        page.keyboard.press("Escape")
        return set(names)

    own, others = offered(4), offered(2)
    assert own - others == {"Edit", "What was changed", "Remove"}
    assert others - own == {"Tell the facilitators"}
    assert "The reply that helped" in others
    assert "The reply that helped" not in offered(1)

    menu_of(page, 2).get_by_text("Saved for later").click()
    expect(page.locator("#post-2")).to_have_class(re.compile("post--saved"))
    assert Bookmark.objects.get().member == cast.mia
    menu_of(page, 2).get_by_text("The reply that helped").click()
    expect(page.locator("#post-2")).to_contain_text("The reply that helped")
    thread.refresh_from_db()
    assert thread.answer.number == 2
    menu_of(page, 4).get_by_text("What was changed").click()
    expect(page.locator("ins")).to_contain_text("all")


def test_a_quote_goes_to_the_form_below_the_post(window, cast, thread):
    page = window(cast.mia)
    page.goto(thread.get_absolute_url())
    page.evaluate(
        """() => {
          window.quoted = []
          const form = document.getElementById("reply")
          form.addEventListener("forum:quote", event => quoted.push(event.detail))
          const part = document.querySelector("#post-2 strong")
          getSelection().selectAllChildren(part)
        }"""
    )
    menu_of(page, 2).get_by_text("Quote in my reply").click()
    page.evaluate("getSelection().removeAllRanges()")
    menu_of(page, 3).get_by_text("Quote in my reply").click()
    assert page.evaluate("quoted") == [
        {"html": "two vans", "name": "Theo", "number": "2"},
        {"html": "<p>So do we.</p>", "name": "Tia", "number": "3"},
    ]
    assert page.evaluate("document.getElementById('reply').elements.parent.value") == "3"


def test_replies_come_without_moving_anything_until_one_asks(window, cast, thread):
    page = window(cast.theo, height=500)
    with page.expect_websocket():
        page.goto(thread.get_absolute_url())
    page.wait_for_timeout(800)
    before = page.evaluate("scrollY")

    others = window(cast.tia)
    others.goto(thread.get_absolute_url())
    reply(others, "Fresh one.")
    reply(others, "Fresh two.")
    bar = page.locator("[data-live-bar]")
    expect(bar).to_have_text("2 new replies")
    assert page.evaluate("scrollY") == before
    expect(page.get_by_text("Fresh one.")).to_have_count(0)

    form = page.locator("#reply")
    page.evaluate("document.getElementById('reply').dataset.same = 'yes'")
    bar.click()
    expect(page.get_by_text("Fresh two.")).to_be_visible()
    expect(bar).to_be_hidden()
    expect(page.locator("#post-5")).to_have_class(re.compile("post--new"))
    expect(form).to_have_attribute("data-same", "yes")

    reply(others, "Fresh three.")
    expect(bar).to_have_text("1 new reply")


def test_replies_close_on_an_open_page_when_one_is_to_answer_first(window, cast, themes):
    thread = services.start_thread(
        space=SpaceFactory(cohort=cast.cohort, name="Commons"),
        author=cast.mia, title="First thoughts", body="<p>What do you think?</p>",
        themes=[themes["drivers"]],
    )  # fmt: skip
    services.publish_reply(thread=thread, author=cast.tia, body="<p>Vans, I think.</p>")
    page = window(cast.theo)
    with page.expect_websocket():
        page.goto(thread.get_absolute_url())
    expect(page.get_by_text("Vans, I think.")).to_be_visible()
    page.evaluate("document.getElementById('reply').dataset.same = 'yes'")
    page.wait_for_timeout(800)

    facilitator = window(cast.fay)
    facilitator.goto(f"{thread.get_absolute_url()}answers-first/")
    facilitator.locator("#content form button").first.click()
    expect(page.get_by_text("Vans, I think.")).to_have_count(0)
    expect(page.get_by_text("Write your answer first.")).to_be_visible()
    expect(page.get_by_text("What do you think?")).to_be_visible()
    expect(page.locator("#reply")).to_have_attribute("data-same", "yes")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_a_post_is_accessible_and_fits(window, cast, thread, accessible, scheme):
    services.toggle_reaction(post=Post.objects.get(thread=thread, number=2), member=cast.tia,
                             kind="learned")  # fmt: skip
    page = window(cast.mia, width=390, height=844, scheme=scheme)
    url = thread.get_absolute_url()
    for place in ("", "posts/4/", "posts/4/history/", "print/"):
        page.goto(f"{url}{place}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, place
    page.goto(url)
    menu = menu_of(page, 3)
    accessible(page)
    box = menu.bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)
    for item in menu.locator("[role^=menuitem]:visible").all():
        assert item.bounding_box()["height"] >= 44


def test_without_scripts_every_act_is_a_link_or_a_form(window, cast, thread):
    page = window(cast.mia, java_script_enabled=False)
    page.goto(thread.get_absolute_url())
    page.locator("#post-2 a.post__act", has_text="More").click()
    page.locator("#reactions").get_by_role("button", name="Learned something").click()
    expect(page.locator("#post-2 .reaction")).to_have_text("Learned something 1")
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_role("button", name="No longer save")).to_be_visible()
    page.get_by_role("link", name="Quote in my reply").click()
    expect(page.locator("#reply textarea")).to_have_value("> We lease two vans.\n\n")
    page.locator("#post-2 .reaction").click()
    expect(page.locator("#post-2 .reaction")).to_have_count(0)
