"""The library as a person meets it."""

import re

import pytest

from cohort.models import Theme
from resources import services
from resources.models import Resource
from resources.services import add_resource
from tests import made_files as made


@pytest.fixture
def files(tmp_path):
    def written(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return written


def fill(page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Kind").select_option("agreement")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_member_adds_finds_and_downloads_a_file(window, mia, theo, files, scripts):
    page = window(mia, width=390, java_script_enabled=scripts)
    page.goto("/c/spring/library/")
    page.get_by_role("link", name="Add the first resource").click()
    page.set_input_files("input[type=file]", files("setup.exe", b"MZ" + bytes(90)))
    fill(page, "Agreement with the hospital")
    page.get_by_role("button", name="Add to the library").click()
    page.get_by_text("This is a program").wait_for()
    assert page.get_by_label("Title").input_value() == "Agreement with the hospital"

    page.set_input_files("input[type=file]", files("協定書.pdf", made.pdf()))
    page.get_by_role("button", name="Add to the library").dblclick()
    page.get_by_role("heading", name="Agreement with the hospital").wait_for()
    assert Resource.objects.count() == 1

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
    assert agility.count() == 0
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
    assert agility.is_checked()
    assert page.get_by_role("checkbox", name="Catalysts").count() == 0


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
    assert not page.get_by_label("Title", exact=True).is_visible()
    accessible(page)
    page.get_by_label("Title: MOU_draft.pdf").fill("Agreement, draft")
    add = page.get_by_role("button", name="Add 3 files to the library")
    page.get_by_label("Kind").select_option("agreement")
    add.click()
    # Not all was said of what holds for all: no file was sent.
    page.get_by_role("alert").get_by_text("choose at least one theme").wait_for()
    assert not Resource.objects.exists()

    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()
    failing = [True]

    def fail_once(route):
        is_file = b'filename="plan.docx"' in (route.request.post_data_buffer or b"")
        if is_file and failing and failing.pop():
            route.abort()
        else:
            route.continue_()

    page.route("**/library/new/", fail_once)
    add.click()
    page.get_by_text("This is a program").wait_for()
    assert [row.get_attribute("data-state") for row in rows.all()] == ["added", "failed", "refused"]
    page.evaluate("scrollTo(0, 0)")
    accessible(page)
    page.get_by_role("button", name="Try again: plan.docx").click()
    page.get_by_role("link", name="Edit: plan").wait_for()
    page.get_by_role("button", name="Leave it out: setup.exe").click()
    page.get_by_role("link", name="To the library").click()
    page.wait_for_url("**/library/")
    titles = Resource.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Agreement, draft", "plan"]
    page.goto("/c/spring/library/new/")
    assert page.get_by_label("Kind").input_value() == ""


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
    assert page.get_by_role("link", name="Edit: MOU draft").is_visible()
    assert page.get_by_text("setup.exe: This is a program").is_visible()
    with_scripts = window(mia)
    with_scripts.goto(page.url)
    accessible(with_scripts)


def test_a_links_title_comes_by_itself_and_overwrites_nothing(window, mia):
    page = window(mia, width=390)
    said = {"title": "A guide to placements", "description": "Step by step."}
    page.route("**/link-words/", lambda route: route.fulfill(json=said))
    page.goto("/c/spring/library/new/")
    page.get_by_label("Link").fill("https://example.org/guide")
    page.get_by_label("Kind").focus()
    page.get_by_text("The title is the page’s own").wait_for()
    assert page.get_by_label("Title").input_value() == said["title"]
    assert page.get_by_label("What it is").input_value() == said["description"]
    page.get_by_label("Title").fill("Mine")
    page.get_by_label("Link").fill("https://example.org/other")
    page.get_by_label("Kind").focus()
    assert page.get_by_label("Title").input_value() == "Mine"


def a_page(member, html="<h2>Weeks 1 to 4</h2><p>Listen <strong>first</strong>.</p>"):
    return add_resource(
        added_by=member, title="First ninety days", kind="article", page=html,
        themes=[Theme.objects.get(slug="leaders")],
    )  # fmt: skip


def a_video(member):
    return add_resource(
        added_by=member, title="Film", kind="recording", url="https://youtu.be/dQw4w9WgXcQ",
        themes=[Theme.objects.get(slug="leaders")],
    )  # fmt: skip


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
    assert other.locator("article strong").inner_text() == "first"
    assert other.get_by_text("Three of us").is_visible()


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
    assert (
        "Fay was here." in second.get_by_role("region", name="What stands there now").inner_text()
    )
    assert "Mia was here." in second.get_by_label("The page").inner_text()
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
    assert plain.get_by_role("link", name="Open at youtu.be").is_visible()
    assert not plain.get_by_role("button", name="Play it here").is_visible()


def test_too_large_is_said_before_anything_is_sent(window, mia, files, settings):
    page = window(mia)
    page.goto("/c/spring/library/new/")
    page.set_input_files(
        "input[type=file]", files("film.pdf", made.pdf() + bytes(settings.UPLOAD_MAX_BYTES))
    )
    page.get_by_text("is larger than 25 MB").wait_for()
    fill(page, "Film")
    page.get_by_role("button", name="Add to the library").click()
    assert page.url.endswith("/library/new/")
    assert not Resource.objects.exists()


def test_filters_show_their_results_at_once_and_keep_their_address(window, mia, cohort):
    for title, kind in (("Plan", "action_plan"), ("Deck", "slides")):
        resource = Resource.objects.create(
            cohort=cohort, title=title, kind=kind, url="https://example.org/", added_by=mia
        )
        resource.themes.set([Theme.objects.get(slug="drivers")])
    page = window(mia)
    page.goto("/c/spring/library/")
    page.locator("select[name=kind]").select_option("slides")
    page.get_by_role("link", name="Plan").wait_for(state="detached")
    assert page.get_by_role("link", name="Deck").is_visible()
    assert "kind=slides" in page.url
    page.get_by_role("link", name="Show everything").click()
    page.get_by_role("link", name="Plan").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_every_page_is_accessible_and_fits(window, accessible, mia, cohort, scheme, width):
    resource = Resource.objects.create(
        cohort=cohort,
        title="A guide with quite a long title about clinical placements",
        kind="article",
        url="https://example.org/guide",
        description="<p>What it is.</p>",
        description_text="What it is.",
        used_for="With the hospital.",
        added_by=mia,
    )
    resource.themes.set(Theme.objects.filter(parent=None))
    page = window(mia, width=width, scheme=scheme)
    own = resource.get_absolute_url()
    written, video = a_page(mia).get_absolute_url(), a_video(mia).get_absolute_url()
    for address in ("/c/spring/library/", "/c/spring/library/?q=guide", "/c/spring/library/new/",
                    own, f"{own}edit/", f"{own}remove/", "/c/spring/library/new/page/", written,
                    f"{written}written/1/", f"{written}edit/", video):  # fmt: skip
        page.goto(address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_member_says_what_helped_what_they_try_and_what_came_of_it(
    window, mia, tia, resource_of, scripts
):
    own = resource_of(tia).get_absolute_url()
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
    assert page.get_by_text("Ask the nurses first.").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_comments_are_written_and_read_where_the_resource_is(
    window, mia, tia, resource_of, scripts
):
    own = resource_of(tia).get_absolute_url()
    page = window(mia, java_script_enabled=scripts)
    page.goto(own)
    for words in ("We used it.", "And would again."):
        write(page, words, scripts)
        page.get_by_role("button", name="Comment", exact=True).click()
        page.locator(".post").filter(has_text=words).wait_for()
        assert f"{own}#post-" in page.url
    page.get_by_role("link", name="As a discussion").click()
    page.get_by_role("link", name="A guide").click()
    assert page.url.endswith(own)


def write(page, words: str, scripts: bool) -> None:
    if scripts:
        page.locator("#reply textarea").focus()
        page.locator("#reply [contenteditable=true]").fill(words)
    else:
        page.get_by_label("Your comment").fill(words)


@pytest.fixture
def resource_of(cohort):
    def made(member, **said):
        given = {"title": "A guide", "kind": "article", "url": "https://example.org/", **said}
        resource = Resource.objects.create(cohort=cohort, added_by=member, **given)
        resource.themes.set(Theme.objects.filter(parent=None))
        return resource

    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_what_is_said_of_a_resource_is_accessible_and_fits(
    window, accessible, mia, tia, fay, resource_of, scheme, width
):
    resource = resource_of(tia)
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
def test_a_facilitator_arranges_a_reading_list_by_keyboard(
    window, accessible, fay, tia, resource_of, scripts
):
    first, second = resource_of(tia, title="First"), resource_of(tia, title="Second")
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
    assert [each.inner_text() for each in page.locator(".row__title").all()] == ["Second", "First"]
    page.get_by_role("button", name="Feature it").press("Enter")
    page.goto("/c/spring/library/")
    page.get_by_role("link", name="Before session 4").wait_for()
    if scripts:
        accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_lists_are_accessible_and_fit(window, accessible, fay, tia, resource_of, scheme, width):
    resource = resource_of(tia)
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
