"""What one writes and chooses is not lost when the session ends while one does."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from resources.models import Resource
from tests.browser.conftest import signed_in_cookie

LIBRARY = "/c/spring/library/new/"


@pytest.fixture
def sign_in_again(site):
    def signed_in(page, person) -> None:
        page.context.add_cookies([{**signed_in_cookie(person), "url": site.url}])

    return signed_in


def wait_until_kept(page, fields):
    page.wait_for_function(f"() => localStorage.length >= {fields}")


def test_an_expired_session_costs_neither_text_nor_choice(window, mia, sign_in_again):
    page = window(mia)
    page.goto(LIBRARY)
    page.get_by_label("Link").fill("https://example.org/plan")
    page.get_by_label("Title").fill("Our plan")
    page.get_by_label("Kind").select_option("action_plan")
    page.get_by_text("More about it").click()
    page.get_by_label("What it is").fill("For next year.")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    page.get_by_role("checkbox", name=re.compile("^Drivers")).check()
    page.get_by_role("checkbox", name="Catalysts").check()
    page.get_by_label("Only Harbor and the facilitators").check()

    Session.objects.all().delete()
    page.get_by_role("button", name="Add to the library").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in_again(page, mia)
    page.goto(LIBRARY)

    expect(page.get_by_text("We kept what you were writing here.")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Catalysts")).to_be_checked()
    # What was folded away when one came is open now.
    expect(page.get_by_label("What it is")).to_be_visible()
    page.get_by_role("button", name="Add to the library").click()
    page.get_by_role("heading", name="Our plan").wait_for()
    resource = Resource.objects.get()
    assert {theme.slug for theme in resource.themes.all()} == {"leaders", "drivers", "catalysts"}
    assert (resource.kind, resource.audience, resource.url, resource.description_text) == (
        "action_plan",
        "team",
        "https://example.org/plan",
        "For next year.",
    )
    page.goto(LIBRARY)
    expect(page.get_by_label("Kind")).to_have_value("")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_a_session_being_planned_comes_back_as_it_was(window, fay):
    page = window(fay)
    page.goto("/c/spring/sessions/new/")
    typed = {
        "local_date": "2027-03-02",
        "local_time": "13:30",
        "minutes": "45",
        "meeting_url": "https://meet.example.org/x",
        "place": "Room 4",
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=kind]").select_option("office_hours")
    page.locator("[name=place]").press("Tab")
    wait_until_kept(page, 6)

    page.reload()

    shown = {name: page.locator(f"[name={name}]").input_value() for name in [*typed, "kind"]}
    assert shown == {**typed, "kind": "office_hours"}
    # Choosing again shows how the time falls, as if it had been chosen by hand.
    page.locator("#outlook").get_by_text("1:30").first.wait_for()


def test_passwords_files_and_hidden_keys_stay_out_of_the_browser(window, mia, tmp_path):
    (tmp_path / "secret-name.txt").write_text("x")
    page = window(mia)
    page.goto(LIBRARY)
    page.get_by_label("Title").fill("Something")
    page.set_input_files("input[type=file]", str(tmp_path / "secret-name.txt"))
    wait_until_kept(page, 1)

    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "Something" in kept
    for name in ("form_key", "csrfmiddlewaretoken", "secret-name", "#file"):
        assert name not in kept


def test_a_choice_that_was_changed_elsewhere_is_left_alone(window, mia):
    resource = Resource.objects.create(
        cohort=mia.cohort, title="A", kind="article", url="https://example.org/", added_by=mia
    )
    page = window(mia)
    page.goto(f"{resource.get_absolute_url()}edit/")
    page.get_by_label("Kind").select_option("slides")
    wait_until_kept(page, 1)
    Resource.objects.update(kind="template")

    page.reload()

    expect(page.get_by_label("Kind")).to_have_value("template")
