"""A discussion from its first word to its answer, by people who use the keyboard alone."""

import re

from playwright.sync_api import expect

from forums.models import Thread
from tests.factories import SessionFactory, SpaceFactory

MOST_TABS = 120


def tab_to(page, place, key="Tab"):
    """Press Tab until this place has the focus; whoever gets lost on the way fails."""
    place.first.wait_for()
    for _step in range(MOST_TABS):
        if place.evaluate_all("places => places.includes(document.activeElement)"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{place} is not reached with {key}")


def test_a_question_is_asked_answered_and_ended(window, cast, themes):
    SpaceFactory(cohort=cast.cohort, slug="commons", name="Commons")

    asking = window(cast.mia)
    asking.goto("/c/spring/discussions/")
    tab_to(asking, asking.get_by_role("link", name="Start a discussion"))
    asking.keyboard.press("Enter")
    tab_to(asking, asking.get_by_label("Title"))
    asking.keyboard.type("Who drives the bus?")
    tab_to(asking, asking.get_by_label("Kind"))
    asking.keyboard.type("Question")
    tab_to(asking, asking.locator("textarea[name=body], .editor__text"))
    asking.locator(".editor__text").first.wait_for()
    asking.keyboard.type("We have no driver.")
    tab_to(asking, asking.locator(f"input[name=themes][value='{themes['drivers'].pk}']"))
    asking.keyboard.press("Space")
    tab_to(asking, asking.get_by_role("button", name="Start the discussion"))
    asking.keyboard.press("Enter")
    expect(asking.get_by_role("heading", level=1)).to_have_text("Who drives the bus?")
    thread = Thread.objects.get()
    assert thread.kind == Thread.Kind.QUESTION

    answering = window(cast.theo)
    answering.goto(thread.get_absolute_url())
    tab_to(answering, answering.locator("#post-1 a.post__act", has_text="Reply"))
    answering.keyboard.press("Enter")
    answering.locator("#reply .editor__text").wait_for()
    answering.keyboard.type("We share one with the next district.")
    answering.keyboard.press("Control+Enter")
    answering.wait_for_url(re.compile(r"post=2"))

    asking.goto(thread.get_absolute_url())
    more = asking.locator("#post-2 a.post__act", has_text="More")
    tab_to(asking, more)
    asking.keyboard.press("Enter")
    tab_to(asking, asking.get_by_role("menuitemcheckbox", name="Thanks"), key="ArrowDown")
    asking.keyboard.press("Enter")
    expect(asking.locator("#post-2")).to_contain_text("Thanks 1")
    # What came back has taken its place, and the next key is for it.
    expect(more).to_be_focused()

    asking.keyboard.press("Enter")
    helped = asking.get_by_role("menuitemcheckbox", name="The reply that helped")
    tab_to(asking, helped, key="ArrowDown")
    asking.keyboard.press("Enter")
    # It changes more than this post, so the page comes anew, at the post.
    asking.wait_for_url(re.compile(r"#post-2$"))
    expect(asking.locator("#post-2")).to_contain_text("The reply that helped")
    asking.keyboard.press("Tab")
    expect(asking.locator("#post-2 :focus")).to_have_count(1)
    thread.refresh_from_db()
    assert thread.answer.number == 2


def test_an_answer_taken_back_leaves_the_keyboard_at_its_form(window, cast):
    session = SessionFactory(cohort=cast.cohort)
    page = window(cast.mia)
    page.goto(session.get_absolute_url())
    tab_to(page, page.get_by_role("button", name="Maybe"))
    page.keyboard.press("Enter")
    back = page.get_by_role("button", name="Take my answer back")
    tab_to(page, back)
    page.keyboard.press("Enter")

    expect(back).to_have_count(0)
    expect(page.get_by_role("button", name="Yes")).to_be_focused()
    assert not session.rsvps.filter(member=cast.mia).exclude(answer="").exists()
