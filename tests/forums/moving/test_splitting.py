"""Posts become a thread of their own."""

import pytest

from forums import services
from forums.models import Follow, Thread
from forums.queries.moved import new_place_of
from tests.forums.moving import outline, read, reply


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
