"""One thread goes into another."""

import pytest

from forums import services
from forums.models import Draft, Follow, Mention, Thread
from forums.queries.moved import merged_into, new_place_of
from tests.factories import ThreadFactory
from tests.forums.moving import outline, read, reply


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
