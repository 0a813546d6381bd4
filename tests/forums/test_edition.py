from datetime import timedelta

import pytest
from django.utils import timezone

from forums import notices, services
from forums.edition import discussions_section
from forums.models import Level, Post
from forums.services import following
from notifications.registry import Reader


@pytest.fixture
def read_by():
    """The section's items for each of these members, by title."""

    def read(*members):
        now = timezone.now()
        readers = [Reader(m, now - timedelta(days=7), now + timedelta(minutes=1)) for m in members]
        parts = discussions_section(readers)
        return [
            [item.title for item in parts[m.pk].items] if m.pk in parts else [] for m in members
        ]

    return read


def start(space, author, title, themes, days_ago=0, body="B"):
    at = timezone.now() - timedelta(days=days_ago)
    return services.start_thread(
        space=space, author=author, title=title, body=body, themes=[themes["drivers"]], at=at
    )


def test_section_has_new_threads_of_others_that_each_may_see(cast, spaces, themes, read_by):
    start(spaces["commons"], cast.mia, "open", themes)
    start(spaces[cast.team.slug], cast.theo, "team", themes)
    start(spaces["facilitators"], cast.fay, "back", themes)
    start(spaces["commons"], cast.theo, "old", themes, days_ago=9)

    told = read_by(cast.fay, cast.mia, cast.theo, cast.tia, cast.obi)
    assert told == [["team", "open"], ["team"], ["open"], ["open"], ["open"]]


def test_section_has_replies_only_where_one_takes_part(cast, commons, themes, read_by):
    thread = start(commons, cast.mia, "old", themes, days_ago=9)
    services.publish_reply(thread=thread, author=cast.theo, body="Late answer.")

    assert read_by(cast.mia, cast.theo, cast.tia) == [["old"], [], []]


def test_section_leaves_out_what_was_read_or_removed(cast, commons, themes, read_by):
    thread = start(commons, cast.theo, "thread", themes)
    gone = start(commons, cast.theo, "gone", themes)
    assert read_by(cast.mia) == [["gone", "thread"]]

    services.note_reading(member=cast.mia, thread=thread, number=1)
    services.remove_post(post=gone.posts.get())
    assert read_by(cast.mia) == [[]]


def test_section_says_who_replied_and_leads_to_the_last(cast, commons, themes):
    thread = start(commons, cast.mia, "old", themes, days_ago=9)
    services.publish_reply(thread=thread, author=cast.theo, body="One.")
    services.publish_reply(thread=thread, author=cast.fay, body="Two, in more words.")
    now = timezone.now()

    part = discussions_section(
        [Reader(cast.mia, now - timedelta(days=7), now + timedelta(minutes=1))]
    )[cast.mia.pk]
    (item,) = part.items
    assert item.detail == f"2 new replies from {cast.theo}, {cast.fay}"
    assert (item.excerpt, item.label) == ("Two, in more words.", "Drivers")
    assert item.url.endswith("?post=3#post-3")


def test_section_keeps_to_ten_and_counts_the_rest(cast, commons, themes):
    for n in range(12):
        start(commons, cast.theo, f"thread {n}", themes)
    now = timezone.now()

    part = discussions_section(
        [Reader(cast.mia, now - timedelta(days=7), now + timedelta(minutes=1))]
    )[cast.mia.pk]
    assert [item.title for item in part.items] == [f"thread {n}" for n in range(11, 1, -1)]
    assert part.more == "and 2 more"


def test_section_costs_six_queries_for_one_reader_and_for_five(
    cast, commons, themes, read_by, django_assert_num_queries
):
    thread = start(commons, cast.mia, "open", themes)
    services.publish_reply(thread=thread, author=cast.theo, body="One.")
    everybody = (cast.fay, cast.mia, cast.theo, cast.tia, cast.obi)

    for readers in (everybody[:1], everybody):
        with django_assert_num_queries(6):
            read_by(*readers)


def reply_late(thread, author, body="Late answer."):
    return services.publish_reply(thread=thread, author=author, body=body)


def test_section_has_replies_where_one_follows_everything(cast, commons, themes, read_by):
    thread = start(commons, cast.mia, "old", themes, days_ago=9)
    following.follow(member=cast.tia, subject=thread)
    following.follow(member=cast.fay, subject=commons)
    reply_late(thread, cast.theo)
    assert read_by(cast.tia, cast.fay, cast.obi) == [["old"], ["old"], []]


def test_section_puts_what_one_follows_first(cast, commons, themes, read_by):
    start(commons, cast.theo, "drivers", themes, days_ago=2)
    services.start_thread(
        space=commons, author=cast.theo, title="leaders", body="B", themes=[themes["leaders"]]
    )
    following.follow(member=cast.tia, subject=themes["drivers"])
    assert read_by(cast.mia, cast.tia) == [["leaders", "drivers"], ["drivers", "leaders"]]


def test_section_leaves_out_what_is_quiet_unless_the_thread_is_not(cast, commons, themes, read_by):
    start(commons, cast.theo, "one", themes)
    two = start(commons, cast.theo, "two", themes)
    following.follow(member=cast.mia, subject=commons, level=Level.QUIET)
    following.follow(member=cast.mia, subject=two, level=Level.CONCERNS)
    following.follow(member=cast.tia, subject=two, level=Level.QUIET)
    assert read_by(cast.mia, cast.tia) == [["two"], ["one"]]


def test_section_keeps_replies_closed_to_whoever_has_not_answered(cast, commons, themes):
    thread = services.start_thread(
        space=commons, author=cast.fay, title="first", body="?", themes=[themes["drivers"]],
        answers_first=True, at=timezone.now() - timedelta(days=9),
    )  # fmt: skip
    following.follow(member=cast.tia, subject=thread)
    reply_late(thread, cast.mia, "Mine.")
    reply_late(thread, cast.theo, "A secret.")
    now = timezone.now()
    readers = [
        Reader(m, now - timedelta(days=7), now + timedelta(minutes=1)) for m in (cast.tia, cast.mia)
    ]
    parts = discussions_section(readers)
    told = [parts[m.pk].items[0].excerpt for m in (cast.tia, cast.mia)]
    assert told == ["Write your answer to read theirs.", "A secret."]


def test_section_does_not_repeat_what_was_mailed(cast, commons, themes, read_by, monkeypatch):
    monkeypatch.setattr("notifications.tasks.poke", lambda: None)
    thread = start(commons, cast.mia, "old", themes, days_ago=9)
    reply_late(thread, cast.theo)
    assert read_by(cast.mia) == [["old"]]

    Post.objects.filter(number=2).update(created_at=timezone.now() - timedelta(minutes=11))
    notices.plan(timezone.now())
    assert read_by(cast.mia) == [[]]
    reply_late(thread, cast.theo)
    assert read_by(cast.mia) == [["old"]]
