"""Who stands in the log as not told, and why."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums import notices, services
from forums.models import Level, Post, Thread
from forums.queries.hearing import who_is_concerned
from forums.services import following
from notifications.models import Delivery
from tests.factories import MembershipFactory
from tests.forums.news import later, mention, reply, settle, told, untold


def test_quiet_means_no_mail_even_when_named(thread, mia, theo):
    settle()
    following.follow(member=mia, subject=thread.space, level=Level.QUIET)
    post = reply(thread, theo, f"<p>{mention(mia)}</p>")
    later(minutes=11)
    assert told() == []
    assert untold() == [("Mia", "Keeps this quiet", [post.pk])]


def test_what_was_read_already_is_not_told(thread, mia, theo):
    settle()
    post = reply(thread, theo)
    services.note_reading(member=mia, thread=thread, number=post.number)
    later(minutes=11)
    assert told() == []
    # No more than of a mail that was left out at the last moment: the log spies on nobody.
    assert untold() == [
        ("Mia", "Was read, taken back or silenced before it went out", [post.pk])
    ]  # fmt: skip


def test_the_log_names_whom_posts_are_about_and_no_others(commons, themes, cast):
    thread = services.start_thread(
        space=commons, author=cast.mia, title="How?", body="?", themes=[themes["drivers"]],
        kind=Thread.Kind.QUESTION,
    )  # fmt: skip
    settle()
    for member in (cast.mia, cast.tia, cast.theo):
        following.follow(member=member, subject=thread, level=Level.QUIET)
    first = reply(thread, cast.fay, f"<p>{mention(cast.team)} and {mention(cast.gone)}</p>")
    second = reply(thread, cast.tia, parent=first)
    services.note_reading(member=cast.fay, thread=thread, number=second.number)
    following.follow(member=cast.obi, subject=thread)
    later(minutes=11)

    assert told() == [("Obi", notices.FOLLOWED, 2)]
    assert untold() == [
        ("Fay", "Was read, taken back or silenced before it went out", [second.pk]),
        ("Mia", "Keeps this quiet", [first.pk, second.pk]),
        ("Theo", "Keeps this quiet", [first.pk]),
    ]


def test_who_hears_of_the_rest_does_not_stand_among_the_untold(thread, mia, theo):
    settle()
    first, second = reply(thread, theo), reply(thread, theo)
    services.note_reading(member=mia, thread=thread, number=first.number)
    later(minutes=11)
    assert ([(who, posts) for who, _kind, posts in told()], untold()) == ([("Mia", 1)], [])
    assert Delivery.objects.get().params == {"posts": [second.pk]}


def test_what_one_may_not_read_leaves_no_row_either(thread, spaces, cast):
    settle()
    following.follow(member=cast.tia, subject=thread, level=Level.QUIET)
    post = reply(thread, cast.theo, f"<p>{mention(cast.tia)}</p>")
    assert {key[1] for key in who_is_concerned([post.pk]).quiet} == {cast.tia.pk}
    Thread.objects.filter(pk=thread.pk).update(space=spaces[cast.team.slug])
    later(minutes=11)
    assert untold() == []


def test_asked_twice_or_by_another_worker_it_is_one_row(thread, mia, theo):
    settle()
    following.follow(member=mia, subject=thread, level=Level.QUIET)
    post = reply(thread, theo)
    later(minutes=11)
    Post.objects.filter(pk=post.pk).update(told_at=None)
    later(minutes=11)
    assert len(untold()) == 1
    # The first decision stands, also when they change their mind before it is asked again.
    following.follow(member=mia, subject=thread, level=Level.EVERYTHING)
    Post.objects.filter(pk=post.pk).update(told_at=None)
    later(minutes=11)
    assert (len(untold()), told()) == (1, [])


def test_queries_do_not_grow_with_whom_is_not_told(thread, theo, cast):
    settle()
    counts = []
    for number in (1, 3):
        people = MembershipFactory.create_batch(number, cohort=thread.cohort)
        for member in people:
            following.follow(member=member, subject=thread, level=Level.QUIET)
        reply(thread, theo, f"<p>{' '.join(map(mention, people))}</p>")
        with CaptureQueriesContext(connection) as queries:
            later(minutes=11)
        counts.append(len(queries))
    assert len(untold()) == 4
    assert counts[0] == counts[1]
