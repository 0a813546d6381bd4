from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.models import AuditEntry
from forums import services
from forums.models import Draft, Follow, Mention, MovedPost, Post, Reading, Thread, path_below
from forums.queries.moved import merged_into, new_place_of
from forums.queries.steering import changes_of_readers
from tests.factories import PostFactory, ThreadFactory

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def reply(thread, author, parent=None, words="A thought."):
    thread.refresh_from_db()
    answered = thread.posts.get(number=parent) if parent else None
    return services.publish_reply(
        thread=thread, author=author, parent=answered, body=f"<p>{words}</p>"
    )


def read(member, thread):
    found = Reading.objects.filter(member=member, thread=thread).first()
    return found and found.number


@pytest.fixture
def split(thread, commons, themes, fay):
    def split(*numbers, **changes):
        given = {
            "title": "Bus drivers",
            "space": commons,
            "themes": [themes["drivers"]],
            "kind": "discussion",
            "by": fay,
            **changes,
        }
        return services.split_thread(thread=thread, numbers=numbers, **given)

    return split


def outline(thread):
    """Number, parent's number, author and words of each post, as the tree is walked."""
    return [
        (post.number, post.parent and post.parent.number, str(post.author), post.body_text)
        for post in thread.posts.select_related("parent", "author__user").order_by("path")
    ]


# ---------------------------------------------------------------- move


def test_a_moved_thread_is_gone_at_once_for_whom_it_is_not_any_more(
    thread, spaces, fay, mia, theo, tia, obi
):
    services.publish_reply(
        thread=thread,
        author=fay,
        body=services.html_of("@Tia and @Theo, look", thread.space, is_html=False),
    )
    assert {mention.member for mention in Mention.objects.all()} == {tia, theo}

    services.move_thread(thread=thread, space=spaces["harbor"], by=fay)

    seen = [m for m in (fay, mia, theo, tia, obi) if Thread.objects.visible_to(m).exists()]
    assert seen == [fay, mia, theo]
    assert [mention.member for mention in Mention.objects.all()] == [theo]
    entry = AuditEntry.objects.get(action="thread.moved")
    assert (entry.actor_name, entry.details["after"]) == ("Fay", "Harbor")


def test_moving_tells_open_pages_to_look_again(
    thread, spaces, fay, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("forums.live._send", lambda *message: told.append(message))
    with django_capture_on_commit_callbacks(execute=True):
        services.move_thread(thread=thread, space=spaces["harbor"], by=fay)
    assert told == [(thread.pk, {"type": "access.changed"})]


def test_a_thread_moved_to_where_it_is_stays_without_a_line(thread, commons, fay):
    services.move_thread(thread=thread, space=commons, by=fay)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("what", ["thread", "space"])
def test_what_is_gone_is_not_moved(thread, spaces, fay, what):
    if what == "thread":
        services.remove_post(post=thread.posts.get())
        expected = services.ThreadGone
    else:
        spaces["harbor"].delete()
        expected = services.SpaceGone
    with pytest.raises(expected):
        services.move_thread(thread=thread, space=spaces["harbor"], by=fay)


def test_changes_of_readers_counts_who_loses_and_who_gains(thread, spaces, cast):
    reply(thread, cast.tia)
    changes = changes_of_readers(thread, spaces.values())
    # In the cohort: fay, theo, mia, tia, obi.
    assert {
        slug: (change.lose, change.gain, change.writers_lose)
        for slug, change in ((slug, changes[space.pk]) for slug, space in spaces.items())
    } == {
        "commons": (0, 0, 0),
        "harbor": (2, 0, 1),
        "river": (3, 0, 1),
        "facilitators": (4, 0, 2),
    }
    services.move_thread(thread=thread, space=spaces["harbor"], by=cast.fay)
    thread.refresh_from_db()
    changes = changes_of_readers(thread, [spaces["river"]])
    assert changes[spaces["river"].pk].gain == 1


# ---------------------------------------------------------------- split


def test_split_keeps_authors_times_and_nesting(thread, split, mia, theo, tia, fay):
    reply(thread, theo, words="aside")
    reply(thread, tia, 2, "to the aside")
    reply(thread, mia, words="on topic")
    reply(thread, theo, 3, "deeper aside")
    times = dict(thread.posts.values_list("body_text", "created_at"))

    other = split(2, 3, 5)

    assert outline(other) == [
        (1, None, "Theo", "aside"),
        (2, 1, "Tia", "to the aside"),
        (3, 2, "Theo", "deeper aside"),
    ]
    here = outline(thread)
    assert here[:2] == [(1, None, "Mia", "Who drives?"), (4, 1, "Mia", "on topic")]
    assert here[2][:3] == (6, 1, "Fay")
    assert "3 posts of this discussion went on" in here[2][3]
    assert all(post.created_at == times[post.body_text] for post in other.posts.all())
    thread.refresh_from_db()
    other.refresh_from_db()
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (6, 2, fay)
    assert (other.last_number, other.reply_count, other.last_post_by) == (3, 2, theo)
    assert (other.author, other.created_at) == (theo, times["aside"])
    assert other.last_posted_at == times["deeper aside"]


def test_the_word_left_behind_leads_on_by_its_title_and_is_the_facilitators(thread, split, theo):
    reply(thread, theo)
    other = split(2)
    word = thread.posts.get(number=3)
    assert word.as_facilitator
    assert word.references == [f"thread:{other.pk}"]


def test_old_places_lead_to_the_new_ones_for_whoever_may_see_them(
    thread, split, spaces, theo, tia, fay
):
    reply(thread, theo)
    other = split(2, space=spaces["harbor"])
    opening = other.posts.get(number=1)
    assert [new_place_of(m, thread.pk, 2) for m in (theo, fay, tia)] == [opening, opening, None]


def test_a_split_reply_leaves_its_answers_to_the_nearest_that_stays(thread, split, theo, tia):
    reply(thread, theo, words="goes")
    reply(thread, tia, 2, "stays")
    reply(thread, theo, 3, "stays below it")
    split(2)
    assert [row[:2] for row in outline(thread)] == [(1, None), (3, 1), (4, 3), (5, 1)]


def test_split_opens_with_the_first_that_stands(thread, split, theo, tia):
    gone = reply(thread, theo, words="gone")
    reply(thread, tia, 2, "stands")
    reply(thread, tia, 2, "too")
    services.remove_post(post=gone)
    assert outline(split(2, 3, 4)) == [
        (1, None, "Tia", "stands"),
        (2, 1, "Theo", ""),
        (3, 2, "Tia", "too"),
    ]


def test_what_was_read_there_is_read_in_the_new_thread(thread, split, mia, theo, tia):
    reply(thread, theo)
    services.note_reading(member=mia, thread=thread, number=2)
    services.note_reading(member=theo, thread=thread, number=4)
    reply(thread, tia)
    reply(thread, tia)
    other = split(2, 4)
    assert [read(m, other) for m in (mia, theo, tia)] == [1, 2, None]
    assert read(mia, thread) == 2


def test_follows_go_along_with_a_split_where_one_may_read(thread, split, spaces, theo, tia):
    reply(thread, theo)
    for member in (theo, tia):
        Follow.objects.create(member=member, thread=thread, level="quiet")
    other = split(2, space=spaces["harbor"])
    follows = Follow.objects.filter(thread=other).values_list("member", "level")
    assert list(follows) == [(theo.pk, "quiet")]
    assert Follow.objects.filter(thread=thread).count() == 2


def test_an_answer_goes_with_its_post(thread, split, theo):
    Thread.objects.filter(pk=thread.pk).update(kind="question")
    reply(thread, theo)
    helped = reply(thread, theo, 2)
    services.mark_answer(thread=thread, post=helped)
    other = split(2, 3, kind="question")
    thread.refresh_from_db()
    assert (thread.answer, other.answer_id) == (None, helped.pk)


def test_a_thread_that_asks_for_answers_first_splits_into_one(thread, split, theo):
    services.ask_answers_first(thread=thread)
    reply(thread, theo)
    assert split(2).answers_first


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ((1, 2), services.PostsMoved),
        ((2, 9), services.PostsMoved),
        ((), services.NothingStands),
        ((3,), services.NothingStands),
    ],
)
def test_split_refuses_what_makes_no_thread(thread, split, theo, numbers, refusal):
    reply(thread, theo)
    services.remove_post(post=reply(thread, theo))
    with pytest.raises(refusal):
        split(*numbers)
    assert Thread.objects.count() == 1


def test_the_same_split_sent_twice_is_one(thread, split, theo):
    reply(thread, theo)
    split(2)
    with pytest.raises(services.PostsMoved):
        split(2)
    assert Thread.objects.count() == 2


# ---------------------------------------------------------------- merge


@pytest.fixture
def other(commons, theo, themes):
    return services.start_thread(
        space=commons, author=theo, title="Vans", body="<p>Or vans?</p>",
        themes=[themes["drivers"]],
    )  # fmt: skip


def test_merge_puts_all_behind_and_below(thread, other, mia, theo, tia, fay):
    reply(thread, tia, words="first")
    reply(other, tia, words="vans are good")
    reply(other, mia, 2, "very")

    services.merge_threads(source=other, target=thread, by=fay)

    assert outline(thread)[:5] == [
        (1, None, "Mia", "Who drives?"),
        (2, 1, "Tia", "first"),
        (3, 1, "Theo", "Or vans?"),
        (4, 3, "Tia", "vans are good"),
        (5, 4, "Mia", "very"),
    ]
    word = thread.posts.get(number=6)
    assert "The discussion “Vans” was merged into this one." in word.body_text
    assert f"/discussions/{thread.pk}/?post=3#post-3" in word.body
    thread.refresh_from_db()
    other.refresh_from_db()
    assert (thread.last_number, thread.reply_count) == (6, 5)
    assert other.merged_into == thread
    assert other.deleted_at
    assert not other.posts.exists()
    assert merged_into(mia, other.pk) == thread
    assert new_place_of(mia, other.pk, 2) == thread.posts.get(number=4)


def test_addresses_lead_on_through_any_number_of_merges(thread, other, commons, mia, theo, fay):
    third = ThreadFactory(space=commons)
    reply(other, theo)
    services.merge_threads(source=other, target=third, by=fay)
    services.merge_threads(source=third, target=thread, by=fay)
    assert merged_into(mia, other.pk) == thread
    assert new_place_of(mia, other.pk, 2) == thread.posts.get(number=4)


def test_what_was_read_stays_read_after_a_merge_and_nothing_else_is(
    thread, other, mia, theo, tia, obi, fay
):
    reply(thread, tia)
    reply(other, tia)
    services.note_reading(member=mia, thread=thread, number=2)
    services.note_reading(member=mia, thread=other, number=1)
    services.note_reading(member=theo, thread=other, number=2)
    services.note_reading(member=tia, thread=thread, number=2)
    services.merge_threads(source=other, target=thread, by=fay)
    # mia had read all of the one and the opening of the other; theo nothing of the one.
    assert [read(m, thread) for m in (mia, theo, tia)] == [3, None, 2]


def test_follows_and_drafts_go_along_with_a_merge(thread, other, mia, theo, tia, fay):
    reply(other, tia)
    Follow.objects.create(member=mia, thread=other, level="quiet")
    Follow.objects.create(member=theo, thread=other, level="quiet")
    Follow.objects.create(member=theo, thread=thread, level="everything")
    place = f"thread:{other.pk}"
    Draft.objects.create(member=mia, place=place, body="half", fields={"parent": "2"})
    services.merge_threads(source=other, target=thread, by=fay)
    levels = dict(thread.follows.values_list("member", "level"))
    assert levels == {mia.pk: "quiet", theo.pk: "everything"}
    draft = Draft.objects.get()
    assert (draft.place, draft.fields) == (f"thread:{thread.pk}", {"parent": "3"})


def test_two_questions_become_one_with_the_answer_there_was(thread, other, tia, fay):
    Thread.objects.update(kind="question")
    other.refresh_from_db()
    helped = reply(other, tia)
    services.mark_answer(thread=other, post=helped)
    services.merge_threads(source=other, target=thread, by=fay)
    thread.refresh_from_db()
    assert thread.answer_id == helped.pk


def test_mentions_of_whom_the_merge_hides_it_from_are_dropped(thread, spaces, tia, theo, fay):
    words = services.html_of("@Tia and @Theo", thread.space, is_html=False)
    services.publish_reply(thread=thread, author=fay, body=words)
    into = ThreadFactory(space=spaces["harbor"], author=fay)
    services.merge_threads(source=thread, target=into, by=fay)
    assert [mention.member for mention in Mention.objects.all()] == [theo]


def test_a_thread_merges_once_and_never_into_itself(thread, other, fay):
    services.merge_threads(source=other, target=thread, by=fay)
    for source in (other, thread):
        with pytest.raises(services.ThreadGone):
            services.merge_threads(source=source, target=thread, by=fay)


# ---------------------------------------------------------------- any tree


def grow(thread, parents, gone):
    """A thread of one reply for each number in `parents`, which says whom it answers."""
    for place, parent in enumerate(parents):
        number = place + 2
        above = thread.posts.get(number=1 + parent % (number - 1))
        PostFactory(
            thread=thread, author=thread.author, number=number, parent=above,
            path=path_below(above.path, number), body_text=f"{thread.pk}.{number}",
            created_at=NOON + timedelta(minutes=number),
        )  # fmt: skip
    Post.objects.filter(thread=thread, number__in=gone).update(deleted_at=timezone.now())
    services.counting.recount(thread)


def words_of(*threads):
    rows = Post.objects.filter(thread__in=threads).exclude(as_facilitator=True)
    return sorted(rows.values_list("pk", "body_text", "created_at", "author"))


def ancestors(thread):
    """Each post with all that it answers, from the top."""
    posts = {post.pk: post for post in thread.posts.all()}

    def above(post):
        return [*above(posts[post.parent_id]), post.parent_id] if post.parent_id else []

    return {pk: above(post) for pk, post in posts.items()}


def check(thread):
    """Numbers once and none above the last, paths as the parents say, counters as counted."""
    thread.refresh_from_db()
    posts = list(thread.posts.order_by("path"))
    by_pk = {post.pk: post for post in posts}
    numbers = [post.number for post in posts]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= thread.last_number
    assert [post.number for post in posts if post.parent_id is None] == [1]
    for post in posts:
        if post.parent_id:
            assert post.parent_id in by_pk
            assert post.path == path_below(by_pk[post.parent_id].path, post.number)
    standing = [post for post in posts if post.deleted_at is None]
    assert thread.reply_count == sum(1 for post in standing if post.parent_id)
    last = max(standing, key=lambda post: (post.created_at, post.number))
    assert (thread.last_posted_at, thread.last_post_by) == (last.created_at, last.author)


trees = st.lists(st.integers(0, 40), min_size=1, max_size=14)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(one=trees, two=trees, data=st.data())
def test_whatever_is_split_and_merged_nothing_is_lost_or_doubled(
    cast, commons, themes, one, two, data
):
    with transaction.atomic():
        first, second = ThreadFactory(space=commons), ThreadFactory(space=commons)
        for thread, tree in ((first, one), (second, two)):
            places = st.sets(st.integers(2, len(tree) + 1))
            grow(thread, tree, data.draw(places))
        replies = list(first.posts.filter(number__gt=1).values_list("number", flat=True))
        chosen = data.draw(st.sets(st.sampled_from(replies), min_size=1))
        before, nesting = words_of(first, second), ancestors(first)
        old_places = {(first.pk, n): first.posts.get(number=n).pk for n in chosen}
        try:
            third = services.split_thread(
                thread=first, numbers=chosen, title="Split", space=commons,
                themes=[themes["drivers"]], kind="discussion", by=cast.fay,
            )  # fmt: skip
        except services.NothingStands:
            assert not first.posts.standing().filter(number__in=chosen).exists()
        else:
            for thread in (first, third):
                check(thread)
                below = ancestors(thread)
                opening = thread.posts.get(number=1).pk
                # Removed posts that the new opening answered now answer it.
                passed = {opening, *nesting[opening]}
                for pk in below.keys() & nesting.keys():
                    kept = [each for each in nesting[pk] if each in below and each not in passed]
                    assert [each for each in below[pk] if each not in passed] == kept
            services.merge_threads(source=second, target=third, by=cast.fay)
            check(first)
            check(third)
            assert words_of(first, third) == before
            for (thread_pk, number), pk in old_places.items():
                assert MovedPost.objects.get(thread=thread_pk, number=number).post_id == pk
        transaction.set_rollback(True)
