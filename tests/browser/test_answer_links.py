"""An answer from a mail, in a browser that nobody has signed in with."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from sessions import answering
from sessions.models import RSVP
from tests.factories import SessionFactory


def test_a_link_asks_and_its_button_answers(window, cast, accessible):
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=3))
    page = window(None, width=390, height=844)
    page.goto(f"/s/{answering.token_for(cast.mia, session)}/?answer=no")
    expect(page.get_by_label("No", exact=True)).to_be_checked()
    assert not RSVP.objects.exists()
    accessible(page)

    page.get_by_label("Note to the hosts").fill("On the road")
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_text(re.compile("^Noted: you cannot come"))).to_be_visible()
    rsvp = RSVP.objects.get()
    assert (rsvp.member, rsvp.answer, rsvp.note) == (cast.mia, "no", "On the road")


def test_an_answer_on_the_page_keeps_the_focus(window, cast):
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=3))
    page = window(cast.mia, width=390, height=844)
    page.goto(session.get_absolute_url())
    maybe = page.locator("button[name=answer][value=maybe]")
    maybe.press("Enter")
    expect(maybe).to_have_attribute("aria-pressed", "true")
    expect(maybe).to_be_focused()
