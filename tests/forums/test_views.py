import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cohort.models import Membership
from forums import services
from forums.models import BODY_LIMIT, Post, Reading, Space, Thread
from tests.factories import PostFactory, ThreadFactory


def url(name, thread=None, *args):
    rest = [thread.pk, *args] if thread else []
    return reverse(f"forums:{name}", args=["spring", *rest])


@pytest.fixture
def typed(commons, themes):
    """A form for a new thread, as a browser sends it."""

    def form(**changes):
        return {
            "space": commons.pk,
            "title": "Buses",
            "kind": "question",
            "themes": [themes["drivers"].pk],
            "tags": "rural, Transport, rural",
            "body": "Who drives?",
            "form_key": str(uuid.uuid4()),
            **changes,
        }

    return form


# ---------------------------------------------------------------- start a thread


def test_thread_create_begins_a_thread_and_shows_it(browse, mia, typed):
    form = typed()
    client = browse(mia)
    response = client.post(url("thread_create"), form, follow=True)

    thread = Thread.objects.get()
    assert response.redirect_chain == [(thread.get_absolute_url(), 302)]
    assert (thread.title, thread.kind, thread.author) == ("Buses", "question", mia)
    assert {tag.name for tag in thread.tags.all()} == {"rural", "Transport"}
    client.post(url("thread_create"), form)
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"themes": []}, "Please choose at least one theme."),
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 141}, "at most 140 characters"),
        ({"tags": "a,b,c,d,e,f,g"}, "Please keep to 6 tags."),
        ({"tags": "y" * 41}, "is too long for a tag"),
        ({"kind": "announcement"}, "not one of the available choices"),
        ({"body": "  "}, "Please write something first."),
        ({"body": "z" * (BODY_LIMIT + 17)}, "room for 20,000 characters and this one has 20,017"),
    ],
)
def test_thread_create_says_what_is_wrong_and_keeps_what_was_typed(
    browse, mia, typed, changes, words
):
    form = typed(**changes)
    response = browse(mia).post(url("thread_create"), form)

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert not Thread.objects.exists()
    for kept in ("title", "tags", "form_key"):
        assert f'value="{form[kept]}"' in page or not form[kept]
    assert form["body"].strip() in page


def test_thread_create_offers_only_rooms_and_kinds_of_ones_own(browse, cast, spaces, typed):
    def offered(member):
        form = browse(member).get(url("thread_create")).context["form"]
        return [space.slug for space in form.fields["space"].queryset], len(
            form.fields["kind"].choices
        )

    rooms = list(Space.objects.filter(cohort=cast.cohort))
    assert offered(cast.mia) == (["commons", cast.team.slug], 4)
    assert offered(cast.fay) == ([room.slug for room in rooms], 5)

    foreign = typed(space=spaces["facilitators"].pk)
    assert browse(cast.mia).post(url("thread_create"), foreign).status_code == 422
    assert not Thread.objects.exists()


def test_thread_create_survives_a_room_that_no_database_could_name(browse, mia):
    form = browse(mia).get(url("thread_create"), {"space": "\0"}).context["form"]
    assert form.initial["space"] is None


@pytest.mark.parametrize("parent", ["\0", "²", "nan", "-1", "9" * 5000])
def test_a_reply_to_what_is_no_number_comes_back(browse, mia, thread, parent):
    response = browse(mia).post(url("post_create", thread), {"body": "Kept", "parent": parent})
    assert response.status_code == 422
    assert "Kept" in response.content.decode()


def test_thread_create_lets_a_facilitator_announce(browse, fay, typed):
    browse(fay).post(url("thread_create"), typed(kind="announcement"))

    assert Thread.objects.get().kind == "announcement"


# ---------------------------------------------------------------- read


def test_thread_detail_notes_how_far_one_has_read(browse, thread, theo):
    client = browse(theo)
    client.head(thread.get_absolute_url())
    client.get(thread.get_absolute_url(), headers={"sec-purpose": "prefetch;prerender"})
    assert not Reading.objects.filter(member=theo).exists()

    client.get(thread.get_absolute_url())
    assert Reading.objects.get(member=theo).number == 1


def test_thread_detail_marks_what_is_new(browse, thread, theo, mia):
    browse(theo).get(thread.get_absolute_url())
    services.publish_reply(thread=thread, author=mia, body="A fresh word.")

    page = browse(theo).get(thread.get_absolute_url()).content.decode()
    assert page.index('id="new"') < page.index('id="post-2"')
    assert 'id="new"' not in browse(theo).get(thread.get_absolute_url()).content.decode()


def test_an_observer_reads_without_leaving_rows_and_sees_no_forms(browse, thread, obi, fay):
    closed = browse(obi).get(thread.get_absolute_url())

    page = closed.content.decode()
    assert "Who drives?" in page
    assert "post_create" not in page
    assert 'class="composer"' not in page
    assert "reply_to" not in page
    assert not Reading.objects.filter(member=obi).exists()
    assert url("thread_create") not in browse(obi).get(url("thread_list")).content.decode()


def test_thread_detail_lands_on_a_post_far_down(browse, thread, theo):
    for _ in range(70):
        PostFactory(thread=thread, author=theo)

    page = browse(theo).get(f"{thread.get_absolute_url()}?post=71").content.decode()
    assert 'id="post-71"' in page
    assert 'id="post-20"' not in page


@pytest.mark.parametrize("query", ["post=999", "post=x", "post=-1", "after=²", "before=0", "post="])
def test_thread_detail_takes_any_address(browse, thread, mia, query):
    assert browse(mia).get(f"{thread.get_absolute_url()}?{query}").status_code == 200


def test_thread_detail_shows_what_people_wrote_as_text(browse, commons, mia, themes):
    mia.user.name = "<script>alert(1)</script>"
    mia.user.save()
    thread = services.start_thread(
        space=commons, author=mia, title="<img src=x>", body="<img src=x onerror=alert(2)>",
        themes=[themes["drivers"]], tags=["<b>"],
    )  # fmt: skip

    pages = [
        thread.get_absolute_url(),
        url("thread_list"),
        f"{thread.get_absolute_url()}posts/1/edit/",
    ]
    for page in pages:
        content = browse(mia).get(page).content.decode()
        assert "<img src=x" not in content
        assert "<script>alert" not in content
        assert "<b>" not in content


@pytest.mark.parametrize("count", [1, 3])
def test_thread_detail_costs_the_same_for_any_number_of_posts(
    browse, thread, mia, count, django_assert_num_queries, settings
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    PostFactory.create_batch(count, thread=thread)
    Membership.objects.update(last_seen_at=timezone.now())
    client = browse(mia)

    # session, user, membership, thread, posts, authors, how far one has read, and the bell
    with django_assert_num_queries(8):
        client.get(thread.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_thread_list_costs_the_same_for_any_number_of_threads(
    browse, commons, mia, count, django_assert_num_queries, settings
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    ThreadFactory.create_batch(count, space=commons)
    now = timezone.now()
    Membership.objects.update(last_seen_at=now, previous_visit_at=now)
    client = browse(mia)

    # session, user, membership, spaces, themes, teams, levels, what is new, threads, rows, bell
    with django_assert_num_queries(10):
        client.get(url("thread_list"))


# ---------------------------------------------------------------- reply


def test_post_create_answers_a_post(browse, thread, theo, mia):
    services.publish_reply(thread=thread, author=mia, body="Well?")
    response = browse(theo).post(url("post_create", thread), {"body": "We do.", "parent": 2})

    post = Post.objects.get(number=3)
    assert response["Location"] == f"{thread.get_absolute_url()}?post=3#post-3"
    assert (post.parent.number, post.author, post.body) == (2, theo, "<p>We do.</p>")


def test_reply_form_stands_under_the_post_it_answers(browse, thread, theo, mia):
    services.publish_reply(thread=thread, author=mia, body="One.")
    services.publish_reply(thread=thread, author=mia, body="Two.")

    page = browse(theo).get(f"{thread.get_absolute_url()}?reply_to=2").content.decode()
    places = [page.index(mark) for mark in ('id="post-2"', 'class="composer"', 'id="post-3"')]
    assert places == sorted(places)
    assert 'name="parent" value="2"' in page


@pytest.mark.parametrize("body", ["", "z" * 200_000])
def test_post_create_says_what_is_wrong_and_keeps_what_was_typed(browse, thread, theo, body):
    key = str(uuid.uuid4())
    response = browse(theo).post(
        url("post_create", thread), {"body": body, "parent": 1, "form_key": key}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert body in page
    assert key in page
    assert thread.posts.count() == 1


@pytest.mark.parametrize("body", ["My long thought.", ""])
@pytest.mark.parametrize("fate", ["closed", "removed", "parent removed"])
def test_post_create_too_late_says_so_and_keeps_the_text(browse, thread, theo, mia, body, fate):
    services.publish_reply(thread=thread, author=mia, body="Well?")
    if fate == "closed":
        services.close_thread(thread=thread)
    elif fate == "removed":
        for post in thread.posts.all():
            services.remove_post(post=post)
    else:
        services.remove_post(post=thread.posts.get(number=2))

    response = browse(theo).post(url("post_create", thread), {"body": body, "parent": 2})

    if body or fate == "removed":
        assert response.status_code == 409
        assert "were not posted" in response.content.decode()
    else:
        assert response.status_code == 422
    assert body in response.content.decode()
    assert thread.posts.count() == 2


def test_post_create_takes_no_more_than_it_is_given(browse, thread, theo, fay):
    browse(theo).post(
        url("post_create", thread),
        {
            "body": "Hi.",
            "author": fay.pk,
            "number": 77,
            "created_at": "2020-01-01",
            "deleted_at": 1,
        },
    )

    post = thread.posts.get(number=2)
    assert (post.author, post.created_at.year > 2020, post.deleted_at) == (theo, True, None)


# ---------------------------------------------------------------- edit, remove, steer


def test_post_edit_changes_the_text_and_says_so(browse, thread, mia, theo):
    client = browse(mia)
    assert "Who drives?" in client.get(url("post_edit", thread, 1)).content.decode()
    client.post(url("post_edit", thread, 1), {"body": "Who drives them?"})

    page = browse(theo).get(thread.get_absolute_url()).content.decode()
    assert "Who drives them?" in page
    assert "edited" in page
    too_long = client.post(url("post_edit", thread, 1), {"body": "z" * (BODY_LIMIT + 1)})
    assert too_long.status_code == 422


def test_post_removal_asks_first_and_leaves_a_marker(browse, thread, mia, theo):
    services.publish_reply(thread=thread, author=theo, body="Wrong thread.")
    services.publish_reply(thread=thread, author=mia, body="Indeed.")
    client = browse(theo)

    assert "Remove this post?" in client.get(url("post_removal", thread, 2)).content.decode()
    assert thread.posts.standing().count() == 3
    for _ in range(2):
        response = client.post(url("post_removal", thread, 2))
        assert response["Location"] == f"{thread.get_absolute_url()}?post=2#post-2"

    page = client.get(thread.get_absolute_url()).content.decode()
    assert "Wrong thread." not in page
    assert "This post was removed by its author." in page


def test_post_removal_of_all_there_is_leads_back_to_the_list(browse, thread, mia):
    client = browse(mia)

    for _ in range(2):
        response = client.post(url("post_removal", thread, 1))
        assert response["Location"] == url("thread_list")
    assert client.get(thread.get_absolute_url()).status_code == 404


def test_answer_is_marked_shown_and_taken_back(browse, mia, theo, commons, themes):
    question = services.start_thread(
        space=commons, author=mia, title="Q", body="B", themes=[themes["drivers"]], kind="question"
    )
    services.publish_reply(thread=question, author=theo, body="So.")
    client = browse(mia)

    client.post(url("answer_create", question, 2))
    assert "The reply that helped" in client.get(question.get_absolute_url()).content.decode()
    client.post(url("answer_removal", question))
    question.refresh_from_db()
    assert question.answer is None


def test_facilitators_pin_and_close(browse, thread, fay):
    client = browse(fay)
    for noun, field in (("pin", "pinned_at"), ("closing", "closed_at")):
        client.post(url(f"{noun}_create", thread))
        thread.refresh_from_db()
        assert getattr(thread, field) is not None
        client.post(url(f"{noun}_removal", thread))
        thread.refresh_from_db()
        assert getattr(thread, field) is None


def test_alumni_of_an_archived_cohort_read_and_write_nothing(browse, thread, theo):
    theo.cohort.archived_at = timezone.now()
    theo.cohort.save()
    client = browse(theo)

    page = client.get(thread.get_absolute_url())
    assert page.status_code == 200
    assert 'class="composer"' not in page.content.decode()
    assert client.post(url("post_create", thread), {"body": "Hi."}).status_code == 403
    assert not Reading.objects.filter(member=theo).exists()
