"""The editor as a person writes in it: by keyboard, on a phone, without a server for a while."""

import re

import pytest
from playwright.sync_api import expect

from forums.models import Attachment, Draft, Post
from tests import made_files as made
from tests.factories import SpaceFactory, ThreadFactory


@pytest.fixture
def thread(cast):
    space = SpaceFactory(cohort=cast.cohort, slug="commons", name="Commons")
    return ThreadFactory(space=space, author=cast.theo, title="Buses")


def begin(page, thread):
    """Open a thread and begin to write: the editor comes."""
    page.goto(thread.get_absolute_url())
    assert "prose_editor" not in page.content()
    page.locator("#reply textarea").focus()
    page.locator("#reply .editor__text").wait_for()
    return page.get_by_role("textbox", name="Your reply")


def said(thread):
    return Post.objects.filter(thread=thread).latest("number").body


def sent(page):
    page.wait_for_url(re.compile(r"post=\d+"))


def test_reading_loads_no_editor(window, mia, thread):
    page = window(mia)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(thread.get_absolute_url())
    page.wait_for_timeout(300)
    assert [url for url in asked if "prose_editor" in url or "writer.js" in url] == []


def test_what_was_typed_before_the_editor_came_stays(window, mia, thread):
    page = window(mia)
    page.goto(thread.get_absolute_url())
    page.route("**/editor.js", lambda route: (page.wait_for_timeout(800), route.continue_()))
    page.locator("#reply textarea").focus()
    page.keyboard.type("Early ")
    page.locator("#reply .editor__text").wait_for()
    page.keyboard.type("words")
    page.keyboard.press("Control+Enter")
    sent(page)
    assert said(thread) == "<p>Early words</p>"


def test_no_letter_is_lost_until_the_next_frame(window, mia, thread):
    """As on a slow machine: what is typed while the editor comes reaches it before it is drawn."""
    page = window(mia)
    page.add_init_script(
        "requestAnimationFrame = draw => setTimeout(() => draw(performance.now()), 2000)"
    )
    page.goto(thread.get_absolute_url())
    page.locator("#reply textarea").focus()
    page.keyboard.type("Early ")
    page.locator("#reply .editor__text").wait_for()
    page.keyboard.type("words")
    expect(page.locator("#reply textarea")).to_have_value("<p>Early words</p>")


def test_a_post_is_written_with_the_keyboard_alone(window, mia, theo, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.press("Control+b")
    page.keyboard.type("Bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" and @the")
    option = page.get_by_role("option", name="Theo")
    option.wait_for()
    editor = page.get_by_role("combobox", name="Your reply")
    expect(editor).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    page.keyboard.press("Enter")
    page.get_by_text("Theo will be told by mail.").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("- one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    # Back to the bar, along it, and into the text again.
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-act=bold]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-act=italic]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    sent(page)
    assert said(thread) == (
        f'<p><strong>Bold</strong> and <a class="mention" href="/c/spring/people/{theo.pk}/">'
        "@Theo</a> </p><ul><li><p>one</p></li><li><p>two</p></li></ul>"
    )


def test_escape_closes_the_names_and_leaves_what_was_typed(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.type("@fa")
    page.get_by_role("option", name="Fay").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.type("st")
    page.keyboard.press("Control+Enter")
    sent(page)
    assert said(thread) == "<p>@fast</p>"


def test_a_link_is_put_on_what_is_marked(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.type("the plan")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    page.get_by_label("Address").fill("example.org/plan")
    page.keyboard.press("Enter")
    expect(page.locator("#reply .editor__text a")).to_have_text("the plan")
    page.keyboard.press("Control+Enter")
    sent(page)
    assert 'href="https://example.org/plan"' in said(thread)
    assert ">the plan</a>" in said(thread)


def test_files_are_sent_refused_retried_and_cancelled(window, mia, thread, tmp_path):
    page = window(mia)
    begin(page, thread)

    def choose(name, data):
        (tmp_path / name).write_bytes(data)
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Picture or file").click()
        chooser.value.set_files(tmp_path / name)

    choose("drawing.svg", b"<svg onload='x()'/>")
    page.get_by_text("can carry programs").wait_for()
    page.get_by_role("button", name="Dismiss: drawing.svg").click()

    page.route("**/attachments/", lambda route: route.abort())
    choose("plan.pdf", made.pdf())
    page.get_by_text("could not be reached").wait_for()
    page.unroute("**/attachments/")
    page.get_by_role("button", name="Try again: plan.pdf").click()
    page.locator(".editor__text a", has_text="plan.pdf").wait_for()

    page.route("**/attachments/", lambda route: None)
    choose("slow.txt", b"slow")
    page.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_text("A file is still on its way").wait_for()
    page.get_by_role("button", name="Cancel: slow.txt").click()
    page.unroute("**/attachments/")
    page.get_by_role("button", name="Reply", exact=True).click()
    sent(page)
    assert [file.name for file in Attachment.objects.filter(post__thread=thread)] == ["plan.pdf"]


def paste(page, html, text="x"):
    page.evaluate(
        """([html, text]) => {
            const data = new DataTransfer()
            data.setData("text/html", html)
            data.setData("text/plain", text)
            document.querySelector(".editor__text").dispatchEvent(new ClipboardEvent("paste", {
                clipboardData: data, bubbles: true, cancelable: true,
            }))
        }""",
        [html, text],
    )


def test_pasted_markup_of_word_and_google_docs_comes_out_clean(window, mia, thread):
    """No style reaches the page either: a refusal by the policy would fail this test."""
    page = window(mia)
    begin(page, thread)
    paste(
        page,
        "<html><head><style>p{color:red}</style></head><body>"
        "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->"
        "<p class=MsoNormal style='margin:0cm'><b>Plan</b><o:p></o:p></p>"
        "<p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level1 lfo1'>"
        "<![if !supportLists]><span style='mso-list:Ignore'>·<span>  </span></span><![endif]>"
        "One</p>"
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
        "<span style='mso-list:Ignore'>·  </span>Two</p></body></html>",
    )
    paste(
        page,
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p><span style="font-weight:700">'
        'Heavy</span><span style="font-weight:400;font-style:italic"> light</span></p></b>'
        '<img src="https://example.org/tracker.png">',
    )
    page.keyboard.press("Control+Enter")
    sent(page)
    body = said(thread)
    assert body.startswith("<p><strong>Plan</strong></p><ul><li><p>One</p></li><li><p>Two")
    assert "<strong>Heavy</strong><em> light</em>" in body
    for trace in ("mso", "Mso", "style", "tracker", "Normal"):
        assert trace not in body


def test_a_draft_survives_a_closed_laptop(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.type("Half a thought")
    page.get_by_text("Draft saved.").wait_for()
    assert Draft.objects.get().body == "<p>Half a thought</p>"

    other = window(mia, width=390)
    other.goto(thread.get_absolute_url())
    other.get_by_text("is restored.").wait_for()
    other.locator(".editor__text", has_text="Half a thought").wait_for()
    other.get_by_role("button", name="Throw it away").click()
    other.get_by_text("The draft is thrown away.").wait_for()
    assert not Draft.objects.exists()


def test_leaving_the_page_keeps_the_last_words(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.type("Just typed")
    page.goto("/c/spring/people/")
    page.goto("/c/spring/discussions/drafts/")
    page.get_by_text("Just typed").wait_for()


def test_what_was_sent_does_not_come_back_as_a_draft(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.keyboard.type("Sent at once")
    page.keyboard.press("Control+Enter")
    sent(page)
    page.wait_for_timeout(500)
    assert not Draft.objects.exists()
    expect(page.locator("#reply textarea")).to_have_value("")


def test_a_draft_outlives_the_session(window, site, mia, thread):
    from tests.browser.conftest import signed_in_cookie

    page = window(mia)
    begin(page, thread)
    page.keyboard.type("First words")
    page.get_by_text("Draft saved.").wait_for()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.type(" and later ones")
    page.get_by_text("You are signed out.").wait_for()
    assert Draft.objects.get().body == "<p>First words</p>"

    page.context.add_cookies([{**signed_in_cookie(mia), "url": site.url}])
    page.reload()
    page.locator(".editor__text", has_text="First words and later ones").wait_for()
    page.get_by_role("button", name="Reply", exact=True).click()
    sent(page)
    assert said(thread) == "<p>First words and later ones</p>"


def test_a_quote_is_put_in_with_whom_it_is_from(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    page.evaluate(
        """document.getElementById("reply").dispatchEvent(new CustomEvent("forum:quote", {
            detail: { html: "<p style='color:red'>So it is</p>", name: "Theo", number: 1 },
        }))"""
    )
    page.keyboard.type("Indeed")
    page.keyboard.press("Control+Enter")
    sent(page)
    body = said(thread)
    assert "Theo wrote:</a></p><p>So it is</p></blockquote><p>Indeed</p>" in body
    assert f'href="{thread.get_absolute_url()}?post=1#post-1"' in body


def test_a_dilemma_asks_its_three_questions_also_without_scripts(window, mia, thread):
    for scripts in (True, False):
        page = window(mia, java_script_enabled=scripts)
        page.goto("/c/spring/discussions/new/")
        expect(page.get_by_text("The question to the group")).to_be_hidden()
        page.get_by_label("Kind").select_option("dilemma")
        page.get_by_text("The question to the group").wait_for()
        expect(page.get_by_text("What is it about?")).to_be_hidden()


def test_a_refused_post_comes_back_into_the_editor(window, mia, thread):
    page = window(mia)
    begin(page, thread)
    paste(page, "<p><b>Loud</b></p>" + "<p>word word word word word</p>" * 1000)
    page.get_by_text("Too long by").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("room for 20,000 characters").wait_for()
    page.locator(".editor__text strong", has_text="Loud").wait_for()


def test_without_scripts_one_writes_plain_text_and_adds_files(window, mia, thread, tmp_path):
    (tmp_path / "plan.txt").write_text("The plan")
    page = window(mia, java_script_enabled=False)
    page.goto(thread.get_absolute_url())
    page.get_by_label("Your reply").fill("Plain words")
    page.get_by_label("Files and pictures").set_input_files(tmp_path / "plan.txt")
    page.get_by_role("button", name="Reply", exact=True).click()
    sent(page)
    assert said(thread).startswith("<p>Plain words</p>")
    assert ">plan.txt</a>" in said(thread)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible_and_within_reach_of_a_thumb(
    window, accessible, mia, thread, scheme
):
    page = window(mia, width=390, height=844, scheme=scheme, has_touch=True)
    begin(page, thread)
    for _line in range(20):
        page.keyboard.type("line")
        page.keyboard.press("Enter")
    bar = page.get_by_role("toolbar", name="Formatting").bounding_box()
    assert bar["y"] > 500
    assert bar["y"] + bar["height"] <= 844
    sizes = page.locator(".editor-bar button:visible").evaluate_all(
        "all => all.map(each => Math.min(each.offsetWidth, each.offsetHeight))"
    )
    assert min(sizes) >= 44
    page.get_by_role("button", name="Table").tap()
    page.get_by_role("button", name="Add row").wait_for()
    accessible(page)
    page.keyboard.type("@")
    page.get_by_role("option").first.wait_for()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
