"""Asking for what nobody has shared, and answering."""

import re

import pytest
from playwright.sync_api import expect

from resources import services
from resources.models import Resource
from tests.browser.library import a_guide, fill


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_search_in_vain_becomes_a_request_that_another_answers(window, mia, tia, scripts):
    a_guide(mia)
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto("/c/spring/library/?q=bus+plan")
    page.get_by_role("link", name="Ask for it").click()
    expect(page.get_by_label("Does anyone have a …?")).to_have_value("bus plan")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    page.get_by_role("button", name="Ask", exact=True).dblclick()
    page.get_by_role("heading", name="bus plan", level=1).wait_for()

    other = window(tia, java_script_enabled=scripts)
    other.goto("/c/spring/library/")
    other.get_by_role("link", name="Requests 1 open").click()
    other.get_by_role("link", name="bus plan").click()
    other.get_by_role("link", name="Add it to the library").click()
    # What answers it is about the same theme.
    expect(other.get_by_role("checkbox", name=re.compile("^Leaders"))).to_be_checked()
    other.get_by_label("Link").fill("https://example.org/buses")
    fill(other, "Buses before six")
    other.get_by_role("button", name="Add to the library").click()
    other.get_by_text("Whoever asked hears of it.").wait_for()
    assert (
        Resource.objects.get(title="Buses before six").answered_requests.get().title == "bus plan"
    )

    page.reload()
    page.get_by_role("link", name="Buses before six").wait_for()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Does anyone have a …?").fill("bus plan for early shifts")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="bus plan for early shifts", level=1).wait_for()
    page.get_by_role("button", name=re.compile("close it")).click()
    page.get_by_text("Closed", exact=True).wait_for()
    other.goto(page.url)
    expect(other.get_by_role("link", name="Add it to the library")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_requests_are_accessible_and_fit(window, accessible, mia, tia, scheme, width):
    asked = services.ask_for(
        member=mia, title="An agreement with a hospital", themes=[], details="Two pages.\n\nBy May."
    )
    services.answer_request(asked=asked, resource=a_guide(tia), by=tia)
    a_guide(tia, title="Another guide")
    page = window(mia, width=width, scheme=scheme)
    own = asked.get_absolute_url()
    library = "/c/spring/library/"
    for address in (
        f"{library}requests/", f"{library}requests/new/", own, f"{own}?find=guide",
        f"{own}edit/", f"{own}removal/", f"{library}?q=nothing",
        f"{library}new/?answers={asked.pk}",
    ):  # fmt: skip
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
