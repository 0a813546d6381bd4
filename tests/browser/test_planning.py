"""Facilitators plan by keyboard: an agenda, a series, and what is said before it is saved."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from cohort.models import Role
from sessions.models import LearningSession
from tests.factories import CohortFactory, MembershipFactory, SessionFactory


def fill_in(page, **fields):
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def test_a_series_with_an_agenda_is_planned_by_keyboard(window, cast, accessible):
    page = window(cast.fay)
    page.goto("/c/spring/sessions/new/")
    page.locator("[name=title]").focus()
    page.keyboard.type("Writing hour")
    fill_in(page, local_date="2027-01-12", local_time="14:00", minutes="60")
    page.locator("[name=repeat]").focus()
    page.keyboard.type("Every week")
    page.locator("[name=times]").fill("3")
    page.keyboard.press("Tab")
    days = page.locator(".series__day")
    days.nth(2).wait_for()
    expect(days).to_have_count(3)

    page.locator("[name=left_out]").nth(1).focus()
    # What is ticked while an answer is on its way is not undone by it.
    with page.expect_request(lambda asked: asked.method == "POST"):
        page.locator("[name=times]").dispatch_event("change")
    page.keyboard.press("Space")
    page.locator(".series__day--out").wait_for()
    expect(page.locator("#left-out-2")).to_be_focused()

    fill_in(page, **{"agenda-0-title": "Hello", "agenda-0-minutes": "10"})
    page.locator("#agenda-add").focus()
    page.keyboard.press("Enter")
    page.locator("[name=agenda-1-title]").wait_for()
    expect(page.locator("#id_agenda-1-title")).to_be_focused()
    page.keyboard.type("Writing")
    page.keyboard.press("Tab")
    page.keyboard.type("45")
    page.keyboard.press("Tab")
    page.get_by_text("55 minutes of 60: 5 left").wait_for()
    page.locator("#agenda-1-up").focus()
    page.keyboard.press("Enter")
    page.locator("[name=agenda-0-title][value=Writing]").wait_for()
    expect(page.locator("#agenda-0-down")).to_be_focused()
    accessible(page)

    page.get_by_role("button", name="Publish").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/")
    planned = LearningSession.objects.order_by("starts_at")
    assert [(s.title, str(s.local_date)) for s in planned] == [
        ("Writing hour", "2027-01-12"),
        ("Writing hour", "2027-01-26"),
    ]
    assert [(i.title, i.minutes) for i in planned[1].agenda.all()] == [
        ("Writing", 45),
        ("Hello", 10),
    ]


def test_planning_pages_bring_nothing_that_the_browser_refuses(window, cast):
    """`window` fails for whatever the content security policy refuses: styles, above all."""
    session = SessionFactory(cohort=cast.cohort)
    earlier = CohortFactory(slug="before", name="The year before")
    MembershipFactory(cohort=earlier, user=cast.fay.user, role=Role.FACILITATOR)
    SessionFactory(cohort=earlier, starts_in=timedelta(days=-300))
    page = window(cast.fay)
    for path in ("new/", f"{session.pk}/edit/", f"new/?copy={session.pk}"):
        page.goto(f"/c/spring/sessions/{path}")
        fill_in(page, local_date="2027-03-14", local_time="14:00")
        page.keyboard.press("Tab")
        page.locator("#outlook").get_by_text("Mar 14").first.wait_for()
        page.locator("#agenda-add").click()
        page.locator("[name=agenda-1-title]").wait_for()
        page.locator("textarea[name=description]").click()
        words = page.locator(".ProseMirror")
        words.wait_for()
        words.press_sequentially("What we read")
        page.locator("[data-act=table]").click()
        words.locator("td").first.wait_for()
    page.goto("/c/spring/sessions/copies/?from=before")
    page.locator("[name=session]").first.click()


def test_without_scripts_the_days_are_shown_before_they_are_planned(window, cast):
    page = window(cast.fay, java_script_enabled=False)
    page.goto("/c/spring/sessions/new/")
    fill_in(page, title="Writing hour", local_date="2027-05-31", local_time="14:00")
    page.get_by_role("button", name="Publish").click()

    page.get_by_text("Memorial Day: a federal holiday.").wait_for()
    assert not LearningSession.objects.exists()
    page.get_by_role("button", name="Publish all the same").click()

    page.get_by_role("heading", name="Writing hour").wait_for()
    assert LearningSession.objects.get().title == "Writing hour"


def test_a_month_is_walked_by_keyboard(window, cast):
    page = window(cast.mia)
    page.goto("/c/spring/sessions/month/?month=2027-01")
    page.get_by_role("link", name="February").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="February 2027").wait_for()

    page.get_by_role("link", name="Today").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/month/$"))
