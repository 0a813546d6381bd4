"""One post: answered lightly, saved, its own page and its history."""

import random
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from forums import services
from forums.models import Bookmark, Post, Reaction
from forums.queries.history import changes, versions_of


@pytest.fixture
def post(thread, theo):
    return services.publish_reply(thread=thread, author=theo, body="<p>Take the bus.</p>")


def url(route, post):
    return reverse(f"forums:{route}", args=["spring", post.thread_id, post.number])


def test_reaction_toggle_gives_and_takes_back(browse, post, mia, tia):
    address = url("reaction_toggle", post)
    response = browse(mia).post(address, {"kind": "learned"})
    browse(tia).post(address, {"kind": "learned"})
    browse(mia).post(address, {"kind": "thanks"})
    assert response.url == post.get_absolute_url()

    browse(mia).post(address, {"kind": "learned"})
    assert list(Reaction.objects.order_by("pk").values_list("member", "kind")) == [
        (tia.pk, "learned"), (mia.pk, "thanks")
    ]  # fmt: skip


def test_reaction_toggle_refuses_what_is_no_reaction(browse, post, mia):
    for kind in ("", "hate", "\0"):
        assert browse(mia).post(url("reaction_toggle", post), {"kind": kind}).status_code == 400
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("state", ["deleted_at", "hidden_at"])
def test_nothing_is_given_to_what_is_gone_and_one_says_so(browse, post, mia, state):
    Post.objects.filter(pk=post.pk).update(**{state: timezone.now()})
    for route, data in (("reaction_toggle", {"kind": "agree"}), ("bookmark_toggle", {})):
        page = browse(mia).post(url(route, post), data, follow=True).content.decode()
        assert "This post was removed meanwhile." in page
    assert not Reaction.objects.exists()
    assert not Bookmark.objects.exists()


def test_bookmark_toggle_saves_and_lets_go_also_of_what_is_gone(browse, post, mia):
    address = url("bookmark_toggle", post)
    response = browse(mia).post(address, {"back": "post"})
    assert response.url == url("post_detail", post)
    assert Bookmark.objects.get().member == mia

    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    browse(mia).post(address)
    assert not Bookmark.objects.exists()


def test_post_detail_says_who_reacted_and_offers_what_one_may_do(browse, post, mia, theo, obi):
    services.toggle_reaction(post=post, member=mia, kind="trying")
    page = browse(theo).get(url("post_detail", post)).content.decode()
    assert "<strong>Trying this:</strong>" in page
    assert ">Mia</a>" in page
    for act in ("edit/", "removal/"):
        assert f'href="{url("post_detail", post)}{act}"' in page

    observers = browse(obi).get(url("post_detail", post)).content.decode()
    assert "<strong>Trying this:</strong>" in observers
    assert 'method="post" action="/c/' not in observers


# ---------------------------------------------------------------- history


def test_post_history_is_for_its_author_and_facilitators(browse, post, theo, mia, fay):
    services.edit_post(post=post, body="<p>Take the night bus.</p>")

    pages = {member: browse(member).get(url("post_history", post)) for member in (theo, fay, mia)}
    assert [pages[m].status_code for m in (theo, fay, mia)] == [200, 200, 403]
    page = pages[fay].content.decode()
    assert "Take the <ins>night </ins>bus." in page
    assert page.index("Version 2") < page.index("Version 1")
    thread_page = browse(mia).get(post.thread.get_absolute_url()).content.decode()
    assert '<span class="post__edited">edited</span>' in thread_page
    assert "history/" not in thread_page.split('id="post-menu"')[0]


def test_a_removed_post_has_no_history(browse, post, theo):
    services.edit_post(post=post, body="<p>Take the night bus.</p>")
    services.remove_post(post=post, by=theo)
    assert browse(theo).get(url("post_history", post)).status_code == 403


def test_changes_mark_words_and_let_no_markup_in():
    assert changes("a <b> c", "a <i> c d") == (
        "a <del>&lt;b&gt;</del><ins>&lt;i&gt;</ins> c<ins> d</ins>"
    )
    assert changes("same", "same") == "same"
    assert changes("one\n\ntwo three", "one\n\ntwo four") == (
        "one\n\ntwo <del>three</del><ins>four</ins>"
    )


def test_what_changed_everywhere_is_told_in_one_stretch_and_soon():
    dice = random.Random(1)
    words = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrstu"]
    before, after = (" ".join(dice.choices(words, k=6_000)) for _text in range(2))
    begun = time.process_time()
    told = changes(f"first {before} last", f"first {after} last")
    assert time.process_time() - begun < 0.5
    assert told == f"first <del>{before}</del><ins>{after}</ins> last"


def test_versions_come_in_pages_that_compare_across_their_edges(post, monkeypatch):
    monkeypatch.setattr("forums.queries.history.PER_PAGE", 2)
    for n in range(2, 6):
        services.edit_post(post=post, body=f"<p>Words {n}.</p>")
    post.refresh_from_db()

    pages = [versions_of(post, page) for page in (1, 2, 3, 4)]
    assert [([v.number for v in found], more) for found, more in pages] == [
        ([5, 4], True), ([3, 2], True), ([1], False), ([], False)
    ]  # fmt: skip
    assert pages[1][0][1].changes == (
        "<del>Take</del><ins>Words</ins> <del>the bus.</del><ins>2.</ins>"
    )
    assert pages[2][0][0].changes == ""
