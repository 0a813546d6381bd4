"""Forms in which people write: limits named, text kept, nothing overwritten silently."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client

from forums import services
from forums.models import Post, Thread
from tests.forums.test_services import at_once

NEW = "/c/spring/discussions/new/"


@pytest.fixture
def as_mia(client, mia):
    client.force_login(mia.user)
    return client


def reply(client, thread, body, **more):
    return client.post(f"{thread.get_absolute_url()}posts/", {"body": body, **more})


def new_thread(themes, commons, **more):
    return {
        "space": commons.pk, "title": "A case", "kind": "discussion",
        "themes": [themes["leaders"].pk], **more,
    }  # fmt: skip


@pytest.mark.parametrize("is_html", ["", "on"])
def test_two_hundred_thousand_characters_are_refused_and_kept(as_mia, thread, is_html):
    words = "word " * 40_000
    body = f"<p>{words}</p>" if is_html else words
    answer = reply(as_mia, thread, body, is_html=is_html)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "room for 20,000 characters and this one has" in page
    assert page.count("word ") >= 39_999
    assert thread.posts.count() == 1


def test_formatting_does_not_count_but_far_too_much_of_it_is_refused(as_mia, thread):
    fits = "<p>" + "<strong>a</strong>" * 5000 + "</p>"
    assert reply(as_mia, thread, fits, is_html="on").status_code == 302
    assert reply(as_mia, thread, fits * 3, is_html="on").status_code == 422


@pytest.mark.parametrize("body", ["", " ", "<p></p>", "<p> <br></p>", "<script>x()</script>"])
def test_nothing_is_no_post(as_mia, thread, body):
    answer = reply(as_mia, thread, body, is_html="on")
    assert answer.status_code == 422
    assert "Please write something first." in answer.content.decode()


def test_a_refused_reply_from_the_editor_is_shown_to_both(as_mia, thread):
    """As plain text to type on, and as it was for the editor; sanitized, not as it came."""
    body = "<p>My <b>words</b></p><script>x()</script>" + "<p>long</p>" * 6000
    page = reply(as_mia, thread, body, is_html="on").content.decode()
    assert "<template><p>My <strong>words</strong></p><p>long</p>" in page
    assert "My **words**" in page
    assert "x()" not in page
    assert re.search(r'name="is_html" value=""|name="is_html"(?! value)', page)


def test_a_reply_to_a_closed_thread_keeps_its_formatting(as_mia, thread):
    services.close_thread(thread=thread)
    answer = reply(as_mia, thread, "<p>My <b>words</b></p>", is_html="on")
    assert answer.status_code == 409
    assert "<p>My <strong>words</strong></p>" in answer.content.decode()


def test_the_same_form_twenty_times_at_once_is_one_post(transactional_db, thread, mia):
    key = str(uuid.uuid4())

    def send():
        client = Client()
        client.force_login(mia.user)
        assert reply(client, thread, "<p>Once</p>", is_html="on", form_key=key).status_code == 302

    assert at_once(20, send) == []
    assert thread.posts.count() == 2
    connection.close()


@pytest.mark.parametrize(
    "words",
    [
        "مرحبا بالجميع", "שלום לכולם", "日本語の返信", "e\u0301 और हिन्दी", "👩🏽‍🏫 👨‍👩‍👧",
        "\u202eback to front\u202c", "a\u200db\ufeffc", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    ],
)  # fmt: skip
def test_words_of_every_script_arrive(as_mia, thread, words):
    reply(as_mia, thread, f"<p>{words}</p>", is_html="on")
    assert thread.posts.get(number=2).body == f"<p>{words}</p>"


# ---------------------------------------------------------------- threads


def test_a_dilemma_becomes_one_post_of_three_parts(as_mia, themes, commons):
    as_mia.post(
        NEW,
        new_thread(
            themes, commons, kind="dilemma", situation="It happens.", question="What would you do?"
        ),
    )
    thread = Thread.objects.get(title="A case")
    assert thread.posts.get().body == (
        "<h2>The situation</h2><p>It happens.</p>"
        "<h2>The question to the group</h2><p>What would you do?</p>"
    )


def test_a_dilemma_asks_for_what_it_lacks_and_keeps_the_rest(as_mia, themes, commons):
    answer = as_mia.post(NEW, new_thread(themes, commons, kind="dilemma", body="Already written"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please say what you ask the group." in page
    assert "Please tell what the situation is." not in page
    assert "Already written</textarea>" in page
    assert not Thread.objects.filter(title="A case").exists()


def test_the_limit_holds_for_the_parts_together(as_mia, themes, commons):
    data = new_thread(themes, commons, kind="dilemma", situation="x" * 15_000, question="y" * 6000)
    answer = as_mia.post(NEW, data)
    assert answer.status_code == 422
    assert "this one has 21,000" in answer.content.decode()


def test_only_facilitators_ask_for_answers_first(client, cast, themes, commons):
    for who in (cast.mia, cast.fay):
        client.force_login(who.user)
        data = new_thread(themes, commons, title=f"By {who}", body="x", answers_first="on")
        client.post(NEW, data)
    asked = dict(Thread.objects.values_list("title", "answers_first"))
    assert asked == {"By Mia": False, "By Fay": True}


def test_a_thread_may_begin_with_a_poll(as_mia, themes, commons):
    poll = {"poll-question": "Which day?", "poll-options": "Monday\nTuesday"}
    as_mia.post(NEW, new_thread(themes, commons, body="Let us meet.", **poll))
    post = Post.objects.get(thread__title="A case")
    assert [option.text for option in post.poll.options.all()] == ["Monday", "Tuesday"]


def test_a_refused_poll_keeps_all_that_was_written(as_mia, themes, commons):
    poll = {"poll-question": "Which day?", "poll-options": "Monday"}
    answer = as_mia.post(NEW, new_thread(themes, commons, body="Let us meet.", **poll))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "at least two answers" in page
    assert "Let us meet.</textarea>" in page


# ---------------------------------------------------------------- editing


@pytest.fixture
def post(thread, mia):
    body = "<p>The <strong>first</strong> text</p><table><tbody><tr><td>1</td></tr></tbody></table>"
    return services.publish_reply(thread=thread, author=mia, body=body)


def edit(client, post, body, **more):
    url = f"/c/spring/discussions/{post.thread_id}/posts/{post.number}/edit/"
    return client.post(url, {"body": body, **more}) if body else client.get(url)


def test_the_editor_begins_with_the_post_and_its_version(as_mia, post):
    page = edit(as_mia, post, None).content.decode()
    assert f"<template>{post.body}</template>" in page
    assert "The **first** text" in page
    assert 'name="version" value="1"' in page


def test_plain_text_left_as_it_is_costs_no_formatting(as_mia, post):
    before = post.body
    edit(as_mia, post, "The **first** text\r\n\r\n1", version=1)
    post.refresh_from_db()
    assert (post.body, post.version) == (before, 1)


def test_two_edits_at_once_show_both_texts_and_the_second_may_win(as_mia, post):
    edit(as_mia, post, "<p>From the laptop</p>", is_html="on", version=1)
    answer = edit(as_mia, post, "<p>From the <b>phone</b></p>", is_html="on", version=1)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert '<div class="prose"><p>From the laptop</p></div>' in page
    assert "<template><p>From the <strong>phone</strong></p></template>" in page
    assert 'name="version" value="2"' in page
    post.refresh_from_db()
    assert post.body == "<p>From the laptop</p>"

    edit(as_mia, post, "<p>From the phone</p>", is_html="on", version=2)
    post.refresh_from_db()
    assert (post.body, post.version) == ("<p>From the phone</p>", 3)


def test_a_draft_of_an_older_version_still_meets_the_other_text(as_mia, mia, post):
    services.keep_draft(
        member=mia, place=f"post:{post.pk}", body="<p>Begun</p>", is_html=True,
        fields={"version": "1"},
    )  # fmt: skip
    services.edit_post(post=post, body="<p>Changed elsewhere</p>")
    page = edit(as_mia, post, None).content.decode()
    assert "<template><p>Begun</p></template>" in page
    assert 'name="version" value="1"' in page


def test_an_edit_that_is_too_long_names_the_limit_and_keeps_the_text(as_mia, post):
    answer = edit(as_mia, post, "<p>" + "word " * 5000 + "</p>", is_html="on", version=1)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "room for 20,000 characters" in page
    assert page.count("word ") >= 4999
