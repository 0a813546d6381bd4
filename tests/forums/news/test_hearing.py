"""Who hears of what is written, when, and why."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership, User
from forums import notices, services
from forums.models import Follow, Level, Post, Thread
from forums.queries.hearing import Why, who_hears
from forums.services import following
from notifications import planning
from notifications import services as mail_choices
from notifications.models import Delivery
from tests.factories import MembershipFactory, PostFactory
from tests.forums.news import later, mention, reply, settle, told


def test_a_reply_is_told_to_whom_it_answers_once_ten_minutes_old(thread, mia, theo, fay):
    settle()
    first = reply(thread, theo)
    reply(thread, fay, parent=first)

    assert notices.plan(timezone.now()) == 0
    assert later(minutes=11) == 2
    assert told() == [("Mia", notices.REPLY, 1), ("Theo", notices.REPLY, 1)]
    assert later(minutes=11) == 0
    assert not Post.objects.untold().exists()


def test_what_comes_while_it_waits_goes_along(thread, mia, theo, fay):
    settle()
    old = reply(thread, theo)
    Post.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    reply(thread, fay)

    notices.plan(timezone.now())
    assert told() == [("Mia", notices.REPLY, 2)]


def test_mentions_reach_people_and_their_team(commons, themes, cast):
    services.start_thread(
        space=commons,
        author=cast.fay,
        title="Whom",
        body=f"<p>{mention(cast.tia)} and {mention(cast.team)}</p>",
        themes=[themes["drivers"]],
    )
    later(minutes=11)
    assert told() == [
        ("Mia", notices.REPLY, 1), ("Theo", notices.REPLY, 1), ("Tia", notices.REPLY, 1),
    ]  # fmt: skip


def test_an_asker_hears_of_every_reply_others_of_those_to_them(commons, themes, mia, theo, fay):
    for kind in (Thread.Kind.QUESTION, Thread.Kind.DISCUSSION):
        thread = services.start_thread(
            space=commons, author=mia, title=kind, body="?", themes=[themes["drivers"]], kind=kind
        )
        answer = reply(thread, theo)
        settle()
        reply(thread, fay, parent=answer)
        later(minutes=11)
    heard = [(str(row.recipient), row.target_pk) for row in Delivery.objects.order_by("pk")]
    question = Thread.objects.get(kind="question").pk
    assert sorted(heard) == sorted(
        [("Mia", question), ("Theo", question), ("Theo", Thread.objects.latest("pk").pk)]
    )


@pytest.mark.parametrize("subject", ["thread", "space"])
def test_everything_means_everything_but_ones_own(thread, tia, theo, subject):
    settle()
    following.follow(member=tia, subject=thread if subject == "thread" else thread.space)
    reply(thread, theo)
    reply(thread, tia)
    reply(thread, theo)
    later(minutes=11)
    assert ("Tia", notices.FOLLOWED, 2) in told()


def test_a_threads_own_level_goes_before_its_spaces(thread, tia, theo):
    settle()
    following.follow(member=tia, subject=thread.space)
    following.follow(member=tia, subject=thread, level=Level.CONCERNS)
    reply(thread, theo)
    later(minutes=11)
    assert [who for who, *_rest in told()] == ["Mia"]


def test_followers_of_a_theme_or_tag_hear_how_a_discussion_begins(commons, themes, cast):
    services.start_thread(
        space=commons, author=cast.fay, title="Old", body="x", themes=[themes["drivers"]],
        tags=["buses"],
    )  # fmt: skip
    settle()
    tag = commons.cohort.tags.get()
    following.follow(member=cast.tia, subject=themes["drivers"])
    following.follow(member=cast.theo, subject=tag)
    thread = services.start_thread(
        space=commons, author=cast.fay, title="New", body="x", themes=[themes["drivers"]],
        tags=["buses"],
    )  # fmt: skip
    reply(thread, cast.mia)
    later(minutes=11)
    assert told() == [
        ("Fay", notices.REPLY, 1), ("Theo", notices.FOLLOWED, 1), ("Tia", notices.FOLLOWED, 1),
    ]  # fmt: skip


def test_a_followed_team_room_is_told_only_to_those_who_may_read_it(spaces, cast, themes):
    room = spaces[cast.team.slug]
    for member in (cast.mia, cast.theo, cast.tia, cast.gone, cast.olga, cast.fay):
        Follow.objects.create(member=member, space=room)
    services.start_thread(
        space=room, author=cast.theo, title="Ours", body="x", themes=[themes["drivers"]]
    )
    later(minutes=11)
    assert [who for who, *_rest in told()] == ["Fay", "Mia"]


def test_where_one_answers_first_replies_are_told_to_those_who_did(commons, themes, cast):
    thread = services.start_thread(
        space=commons, author=cast.fay, title="First", body="?", themes=[themes["drivers"]],
        answers_first=True,
    )  # fmt: skip
    for member in (cast.mia, cast.theo, cast.tia):
        following.follow(member=member, subject=thread)
    reply(thread, cast.mia, "Mine.")
    settle()
    named = reply(thread, cast.theo, f"<p>{mention(cast.tia)}</p>")

    heard = who_hears([named.pk])
    assert {pk for _thread, pk in heard} == {cast.mia.pk, cast.fay.pk}
    services.close_thread(thread=thread, by=cast.fay)
    assert {pk for _thread, pk in who_hears([named.pk])} == {
        cast.mia.pk, cast.fay.pk, cast.tia.pk,
    }  # fmt: skip


def test_hidden_removed_and_stale_posts_are_told_to_nobody(thread, mia, theo):
    settle()
    Post.objects.filter(pk=reply(thread, theo).pk).update(hidden_at=timezone.now())
    services.remove_post(post=reply(thread, theo))
    assert later(minutes=11) == 0
    reply(thread, theo)
    assert later(days=4) == 0
    assert not Post.objects.untold().exists()


def test_the_personal_topic_off_leaves_what_one_follows(thread, mia, theo):
    settle()
    mail_choices.switch_off(member=mia, topic=notices.REPLIES_TOPIC)
    following.follow(member=mia, subject=thread)
    reply(thread, theo)
    later(minutes=11)
    assert told() == [("Mia", notices.FOLLOWED, 1)]


def test_a_thousand_followers_are_decided_in_few_queries(thread, theo):
    settle()
    people = MembershipFactory.create_batch(10, cohort=thread.cohort)
    clones = [
        Membership(
            cohort=thread.cohort, user=user.__class__(email=f"n{n}@example.org", name=f"N{n}")
        )
        for n, user in zip(range(990), [people[0].user] * 990, strict=True)
    ]
    User.objects.bulk_create([clone.user for clone in clones])
    Membership.objects.bulk_create(clones)
    Follow.objects.bulk_create(
        Follow(member=member, space=thread.space) for member in [*people, *clones]
    )
    reply(thread, theo)
    began = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        assert later(minutes=11) == 1_001
    assert time.process_time() - began < 10
    assert len(queries) < 25


def test_the_beat_asks_the_planner(thread, mia, theo):
    settle()
    post = reply(thread, theo)
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    planning.plan_due(timezone.now())
    assert ("Mia", notices.REPLY, 1) in [
        (str(row.recipient), row.kind, len(row.params["posts"]))
        for row in Delivery.objects.filter(kind__startswith="forums.")
    ]


def test_why_is_the_most_personal_there_is(thread, mia, theo):
    following.follow(member=mia, subject=thread)
    post = reply(thread, theo, f"<p>{mention(mia)}</p>")
    assert {r.why for r in who_hears([post.pk])[thread.pk, mia.pk].values()} == {Why.MENTIONED}
    other = PostFactory(thread=thread, author=theo, parent=post)
    assert who_hears([other.pk])[thread.pk, mia.pk][other.pk] == (Why.FOLLOWS, True)
