"""Whatever tree is split and merged, it stays one and loses nothing."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums import services
from forums.models import MovedPost, Post, path_below
from tests.factories import PostFactory, ThreadFactory

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


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
