"""The page of a thread: what stands in it, for whom, and where posts went."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from forums import services
from forums.models import MovedPost, Post, Reading, Thread
from forums.queries import read_thread
from tests.factories import PostFactory, SpaceFactory, ThreadFactory


def page_of(client, thread, query=""):
    response = client.get(f"{thread.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response.content.decode()


def hide(post):
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())


# ---------------------------------------------------------------- what is gone, and who spoke


def test_a_hidden_post_is_read_by_its_author_and_facilitators_only(browse, thread, theo, mia, fay):
    post = services.publish_reply(thread=thread, author=theo, body="<p>A secret.</p>")
    answer = services.publish_reply(thread=thread, author=mia, body="<p>Oh.</p>", parent=post)
    services.publish_reply(thread=thread, author=mia, body="<p>Hm.</p>", parent=answer)
    hide(post)

    seen = {who: page_of(browse(member), thread) for who, member in
            [("theo", theo), ("mia", mia), ("fay", fay)]}  # fmt: skip
    assert {who: "A secret." in page for who, page in seen.items()} == {
        "theo": True, "mia": False, "fay": True
    }  # fmt: skip
    assert "This post was hidden by a facilitator." in seen["mia"]
    assert "to a post that was hidden" in seen["mia"]
    assert "only its author and facilitators see it" in seen["theo"]


def test_a_removed_post_says_by_whom(browse, thread, theo, fay, mia):
    own, other = (
        services.publish_reply(thread=thread, author=theo, body="<p>Words.</p>") for _n in range(2)
    )
    services.remove_post(post=own, by=theo)
    services.remove_post(post=other, by=fay)

    page = page_of(browse(mia), thread)
    assert page.count("removed by its author") == 1
    assert page.count("removed by a facilitator") == 1


def test_authors_without_account_and_in_the_facilitators_name(browse, thread, fay, mia):
    post = PostFactory(thread=thread, author=None, author_name="Ann <b> Oakley")
    PostFactory(thread=thread, author=mia, parent=post)
    PostFactory(thread=thread, author=None)
    services.publish_reply(thread=thread, author=fay, body="<p>We.</p>", as_facilitator=True)

    page = page_of(browse(mia), thread)
    assert '<span class="post__author">Ann &lt;b&gt; Oakley</span>' in page
    assert "to Ann &lt;b&gt; Oakley" in page
    assert '<span class="post__author">Somebody who left</span>' in page
    assert page.count("On behalf of the facilitators") == 1


def test_links_to_things_of_the_product_have_their_titles_for_those_who_may_see_them(
    browse, cast, thread, spaces
):
    hidden = ThreadFactory(space=spaces["facilitators"], title="Behind doors")
    link = f"{settings.BASE_URL}{hidden.get_absolute_url()}"
    body = f'<p><a href="{link}">{link}</a></p>'
    services.publish_reply(thread=thread, author=cast.fay, body=body)

    assert ">Behind doors</a>" in page_of(browse(cast.fay), thread)
    mias = page_of(browse(cast.mia), thread)
    assert "Behind doors" not in mias
    assert f">{link}</a>" in mias


# ---------------------------------------------------------------- answer before you read


@pytest.fixture
def first(thread, theo):
    """Mia's thread asks for answers first; theo's is there."""
    Thread.objects.filter(pk=thread.pk).update(answers_first=True)
    services.publish_reply(thread=thread, author=theo, body="<p>My own answer.</p>")
    thread.refresh_from_db()
    return thread


def test_replies_stay_closed_until_one_has_answered(browse, first, cast):
    client = browse(cast.tia)
    page = page_of(client, first)
    assert "Write your answer first." in page
    assert "1 reply opens then." in page
    assert "Who drives?" in page
    assert "My own answer." not in page
    assert 'data-live="' not in page
    assert "My own answer." in page_of(browse(cast.mia), first)  # she asked

    mine = services.publish_reply(thread=first, author=cast.tia, body="<p>Mine.</p>")
    assert "My own answer." in page_of(client, first)
    services.remove_post(post=mine, by=cast.tia)
    assert "My own answer." not in page_of(client, first)
    services.close_thread(thread=first)
    assert "My own answer." in page_of(client, first)


@pytest.mark.parametrize(
    "place", ["?post=2", "?after=1", "?before=2", "?reply_to=2&quote=1", "print/", "export.md",
              "export.html"],
)  # fmt: skip
def test_a_closed_reply_is_closed_everywhere(browse, first, tia, theo, place):
    url = f"{first.get_absolute_url()}{place}"

    def words(member):
        return b"".join(browse(member).get(url)).decode()

    assert "My own answer." not in words(tia)
    assert "My own answer." in words(theo)


@pytest.mark.parametrize("route", ["post_detail", "post_history"])
def test_a_closed_reply_has_no_page_of_its_own(browse, first, tia, theo, route):
    url = reverse(f"forums:{route}", args=["spring", first.pk, 2])
    assert browse(tia).get(url).status_code == 404
    assert browse(theo).get(url).status_code == 200


def test_reading_the_closed_page_counts_no_reply_as_read(browse, first, tia):
    page_of(browse(tia), first)
    assert Reading.objects.get(member=tia).number == 1


# ---------------------------------------------------------------- moved


def test_a_moved_post_is_found_at_its_new_place_by_those_who_may_read_there(
    browse, cast, thread, spaces
):
    elsewhere = ThreadFactory(space=spaces["facilitators"])
    post = PostFactory(thread=elsewhere, body_text="Moved.")
    MovedPost.objects.create(thread=thread, number=7, post=post)
    url = thread.get_absolute_url()

    response = browse(cast.fay).get(f"{url}?post=7")
    assert response.url == post.get_absolute_url()
    own_page = browse(cast.fay).get(f"{url}posts/7/")
    assert own_page.url == f"{elsewhere.get_absolute_url()}posts/2/"
    assert browse(cast.mia).get(f"{url}?post=7").status_code == 200
    assert browse(cast.mia).get(f"{url}posts/7/").status_code == 404


def test_a_merged_thread_leads_to_the_one_that_took_it_in(browse, cast, thread, spaces):
    target = ThreadFactory(space=spaces["facilitators"])
    post = PostFactory(thread=target)
    MovedPost.objects.create(thread=thread, number=1, post=post)
    Thread.objects.filter(pk=thread.pk).update(merged_into=target, deleted_at=timezone.now())
    url = thread.get_absolute_url()

    assert browse(cast.fay).get(url).url == target.get_absolute_url()
    assert browse(cast.fay).get(f"{url}?post=1").url == post.get_absolute_url()
    assert browse(cast.mia).get(url).status_code == 404
    assert browse(cast.mia).get(f"{url}?post=1").status_code == 404


# ---------------------------------------------------------------- quoting, and what it costs


def test_a_quote_without_scripts_is_typed_into_the_form(browse, thread, theo, mia):
    services.publish_reply(thread=thread, author=theo, body="<p>One.</p><p>Two &amp; three.</p>")
    form = browse(mia).get(f"{thread.get_absolute_url()}?reply_to=2&quote=1").context["form"]
    assert form.initial == {"parent": 2, "body": "> One.\n>\n> Two & three.\n\n"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_much_stands_on_it(
    browse, cast, thread, django_assert_max_num_queries, count
):
    other = ThreadFactory(space=SpaceFactory(cohort=cast.cohort), title="Another")
    link = f"{settings.BASE_URL}{other.get_absolute_url()}"
    for _n in range(count):
        poll = services.NewPoll("How many?", ["One", "Two"])
        post = services.publish_reply(
            thread=thread, author=cast.theo, body=f'<p><a href="{link}">{link}</a></p>', poll=poll
        )
        services.toggle_reaction(post=post, member=cast.tia, kind="thanks")
        services.toggle_bookmark(post=post, member=cast.tia)
    client = browse(cast.tia)
    page_of(client, thread)

    with django_assert_max_num_queries(10) as asked:
        page = page_of(client, thread)
    assert len(asked) <= 10
    assert page.count("Thanks <b>1</b>") == page.count("post--saved") == count


def test_read_thread_counts_reactions_and_says_which_are_ones_own(thread, theo, mia, tia):
    post = services.publish_reply(thread=thread, author=theo, body="<p>Yes.</p>")
    for member, kind in [(mia, "agree"), (tia, "agree"), (tia, "thanks")]:
        services.toggle_reaction(post=post, member=member, kind=kind)

    (_opening, row) = read_thread(thread, mia, read_number=None).rows
    told = {each.kind: (each.count, each.is_mine) for each in row.reactions}
    assert told == {"agree": (2, True), "thanks": (1, False)}
