from datetime import timedelta

import pytest
from django.utils import timezone

from forums import notices, services
from forums.edition import discussions_section
from forums.models import Level, Post
from forums.services import following
from notifications.sections import Reader


def sorted_parts(parts, member):
    return sorted(parts.get(member.pk, []), key=lambda part: part.place)


def parts_of(*members):
    """The parts of each, in the order they stand in."""
    now = timezone.now()
    readers = [Reader(m, now - timedelta(days=7), now + timedelta(minutes=1)) for m in members]
    parts = discussions_section(readers)
    return [sorted_parts(parts, member) for member in members]


@pytest.fixture
def read_by():
    """The section's items for each of these members, by title."""

    def read(*members):
        return [
            [item.title for part in parts for item in part.items] for parts in parts_of(*members)
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
    assert told == [["open", "team"], ["team"], ["open"], ["open"], ["open"]]


def test_section_has_replies_only_where_one_takes_part(cast, commons, themes, read_by):
    thread = start(commons, cast.mia, "old", themes, days_ago=9)
    services.publish_reply(thread=thread, author=cast.theo, body="Late answer.")

    assert read_by(cast.mia, cast.theo, cast.tia) == [["old"], [], []]


def test_section_puts_each_thread_where_it_belongs(cast, spaces, themes):
    commons, own = spaces["commons"], spaces[cast.team.slug]

    def begin(title, kind="discussion", body="B", **fields):
        return services.start_thread(
            space=fields.pop("space", commons), author=cast.theo, title=title, body=body,
            themes=[themes["drivers"]], kind=kind, **fields,
        )  # fmt: skip

    begin("plain")
    begin("win", kind="win")
    begin("waits", kind="question")
    answered = begin("answered", kind="question")
    services.publish_reply(thread=answered, author=cast.fay, body="So.")
    begin("named", body=f'<p><a class="mention" href="{cast.mia.get_absolute_url()}">@Mia</a></p>')
    begin("ours", space=own)
    followed = begin("followed", at=timezone.now() - timedelta(days=9))
    following.follow(member=cast.mia, subject=followed)
    services.publish_reply(thread=followed, author=cast.fay, body="More.")

    (mine, obis, fays) = parts_of(cast.mia, cast.obi, cast.fay)
    told = [
        [(part.place.name, sorted(item.title for item in part.items)) for part in parts]
        for parts in (mine, obis)
    ]
    assert told == [
        [
            ("THEMES", ["answered", "plain"]),
            ("WINS", ["win"]),
            ("QUESTIONS", ["waits"]),
            ("CONCERNS", ["named"]),
            ("FOLLOWED", ["followed"]),
            ("TEAM", ["ours"]),
        ],
        [
            ("THEMES", ["answered", "named", "plain"]),
            ("WINS", ["win"]),
            ("QUESTIONS", ["waits"]),
        ],
    ]
    assert [(part.place.name, part.title) for part in fays][-1] == ("TEAM", "In closed spaces")


def test_section_says_who_named_one_and_in_which_words(cast, commons, themes):
    body = f'<p>What does <a class="mention" href="{cast.mia.get_absolute_url()}">@Mia</a> say?</p>'
    thread = start(commons, cast.tia, "old", themes, days_ago=9)
    services.publish_reply(thread=thread, author=cast.fay, body="Something else.")
    services.publish_reply(thread=thread, author=cast.theo, body=body)
    services.publish_reply(thread=thread, author=cast.fay, body="The last word.")
    ((part,),) = parts_of(cast.mia)
    (item,) = part.items
    assert (item.detail, item.excerpt) == ("Theo named you", "What does @Mia say?")
    assert item.url.endswith("?post=3#post-3")


def test_a_lesson_stands_under_its_theme(cast, commons, themes):
    lesson = themes["drivers"].lessons.first()
    services.start_thread(space=commons, author=cast.theo, title="one", body="B", themes=[lesson])
    ((part,),) = parts_of(cast.mia)
    group = part.items[0].group
    assert (group.label, group.color, group.url) == (
        "Drivers",
        "drivers",
        f"/c/spring/themes/{themes['drivers'].slug}/",
    )


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
    following.follow(member=cast.tia, subject=thread)

    ((part,),) = parts_of(cast.tia)
    (item,) = part.items
    assert item.detail == f"2 new replies from {cast.theo}, {cast.fay}"
    assert (item.excerpt, item.group) == ("Two, in more words.", None)
    assert item.url.endswith("?post=3#post-3")


def test_section_keeps_to_the_latest_and_counts_the_rest(cast, commons, themes):
    for n in range(7):
        services.start_thread(
            space=commons, author=cast.theo, title=f"win {n}", body="B", kind="win",
            themes=[themes["drivers"]],
        )  # fmt: skip

    ((part,),) = parts_of(cast.mia)
    assert [item.title for item in part.items] == [f"win {n}" for n in range(6, 1, -1)]
    assert part.left_out == 2


def test_section_costs_as_many_queries_for_one_reader_as_for_five(
    cast, commons, themes, read_by, django_assert_num_queries
):
    thread = start(commons, cast.mia, "open", themes)
    services.publish_reply(thread=thread, author=cast.theo, body="One.")
    everybody = (cast.fay, cast.mia, cast.theo, cast.tia, cast.obi)

    for readers in (everybody[:1], everybody):
        with django_assert_num_queries(8):
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
    told = [parts[0].items[0].excerpt for parts in parts_of(cast.tia, cast.mia)]
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
