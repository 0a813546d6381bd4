import re
import time
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership, User
from forums import notices, services
from forums.models import Follow, Level, Post, Thread
from forums.queries.hearing import Why, who_hears, who_is_concerned
from forums.services import following
from notifications import planning, reasons, sending
from notifications import services as mail_choices
from notifications.models import Delivery, Suppression
from tests.factories import MembershipFactory, PostFactory
from tests.notifications.conftest import sink  # noqa: F401 (a fixture)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


def reply(thread, author, body="A thought.", parent=None, **fields):
    return services.publish_reply(thread=thread, author=author, body=body, parent=parent, **fields)


def mention(member_or_team):
    return services.bodies.mentions.mention_html(member_or_team.cohort.slug, member_or_team)


def later(**ago):
    """A while passes: all that was written is older, and the beat plans."""
    for post in Post.objects.untold():
        Post.objects.filter(pk=post.pk).update(created_at=post.created_at - timedelta(**ago))
    return notices.plan(timezone.now())


def told():
    """Who gets what kind of mail about how many posts."""
    rows = Delivery.objects.unsettled().select_related("recipient__user")
    rows = rows.order_by("recipient__user__name")
    return [(str(row.recipient), row.kind, len(row.params["posts"])) for row in rows]


def untold():
    """Who stands in the log as not told, why, and of which posts, as facilitators read it."""
    rows = Delivery.objects.filter(state="skipped").order_by("recipient__user__name", "pk")
    return [
        (str(row.recipient), reasons.words(row.reason), row.params["posts"])
        for row in rows.select_related("recipient__user")
        if (row.kind, row.way, row.subject, bool(row.settled_at))
        == (notices.REPLY, "mail", "", True)
    ]


def settle():
    """Call all that is there told already."""
    Post.objects.update(told_at=timezone.now())


# ---------------------------------------------------------------- who hears


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


def test_quiet_means_no_mail_even_when_named(thread, mia, theo):
    settle()
    following.follow(member=mia, subject=thread.space, level=Level.QUIET)
    post = reply(thread, theo, f"<p>{mention(mia)}</p>")
    later(minutes=11)
    assert told() == []
    assert untold() == [("Mia", "Keeps this quiet", [post.pk])]


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
    began = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        assert later(minutes=11) == 1_001
    assert time.monotonic() - began < 10
    assert len(queries) < 25


# ---------------------------------------------------------------- the mail


def arrived(sink):  # noqa: F811
    return {
        address: message_from_bytes(content, policy=policy.default)
        for address, content in sink.arrived
    }


def bodies(message):
    return [
        message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")
    ]


def test_the_mail_of_a_reply(sink, thread, mia, theo):  # noqa: F811
    settle()
    post = reply(
        thread,
        theo,
        f"<p>Mine <strong>do</strong>, says {mention(mia)}.</p>",
    )
    later(minutes=11)
    assert sending.send_due() == {"sent": 1}

    message = arrived(sink)["mia@example.org"]
    root = f"<thread-{thread.pk}@"
    assert message["Subject"] == "Re: Buses"
    assert message["From"].startswith("Theo via ")
    assert message["In-Reply-To"] == message["References"]
    assert message["References"].startswith(root)
    assert message["List-Id"].startswith(f"<{thread.space.slug}.{thread.cohort.slug}.discussions.")
    assert message["Precedence"] == "list"
    text, html = bodies(message)
    for body in (text, html):
        assert "Theo mentioned you" in body
        assert f"?reply_to={post.number}#reply" in body
    assert "\n\nMine do, says @Mia.\n" in text
    assert re.search(r'href="https?://[^/"]+/c/spring/people/\d+/"', html)


def test_an_edit_meanwhile_is_in_the_mail_and_what_is_gone_is_not(sink, thread, mia, theo):  # noqa: F811
    settle()
    first, second, third = (reply(thread, theo, f"Text {n}.") for n in range(3))
    later(minutes=11)
    services.edit_post(post=first, body="<p>Edited text.</p>")
    services.remove_post(post=second)
    Post.objects.filter(pk=third.pk).update(hidden_at=timezone.now())
    sending.send_due()
    text, html = bodies(arrived(sink)["mia@example.org"])
    for body in (text, html):
        assert "Edited text." in body
        assert not re.search(r"Text \d", body)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda mia, post: services.remove_post(post=post), "caught-up"),
        (
            lambda mia, post: services.note_reading(member=mia, thread=post.thread, number=9),
            "caught-up",
        ),
        (
            lambda mia, post: following.follow(
                member=mia, subject=post.thread, level=Level.QUIET
            ),
            "caught-up",
        ),
        (
            lambda mia, post: mail_choices.switch_off(member=mia, topic=notices.REPLIES_TOPIC),
            "switched-off",
        ),
        (
            lambda mia, post: Membership.objects.filter(pk=mia.pk).update(left_at=timezone.now()),
            "left",
        ),
        (
            lambda mia, post: type(post.thread.space).objects.filter(
                pk=post.thread.space_id
            ).update(audience="facilitators"),
            "caught-up",
        ),
    ],
)  # fmt: skip
def test_what_changed_since_is_looked_at_before_sending(sink, thread, mia, theo, change, outcome):  # noqa: F811
    settle()
    post = reply(thread, theo)
    later(minutes=11)
    change(mia, post)
    assert sending.send_due() == {"skipped": 1}
    assert (Delivery.objects.get().reason, sink.arrived) == (outcome, [])


def test_a_mail_names_what_its_reader_may_see_and_no_pictures(sink, thread, spaces, cast, themes):  # noqa: F811
    settle()
    secret = services.start_thread(
        space=spaces["facilitators"], author=cast.fay, title="Hush", body="x",
        themes=[themes["drivers"]],
    )  # fmt: skip
    settle()
    following.follow(member=cast.fay, subject=thread)
    url = secret.get_absolute_url()
    reply(thread, cast.theo, f'<p><a href="{url}">{url}</a></p>')
    later(minutes=11)
    sending.send_due()
    mails = arrived(sink)
    assert ["Hush" in bodies(mails[f"{who}@example.org"])[1] for who in ("mia", "fay")] == [
        False, True,
    ]  # fmt: skip


def test_queries_of_composing_do_not_grow_with_readers(thread, theo, cast):
    settle()
    counts = []
    for number in (1, 3):
        for member in MembershipFactory.create_batch(number, cohort=thread.cohort):
            following.follow(member=member, subject=thread)
        reply(thread, theo)
        later(minutes=11)
        batch = sending.claim()
        with CaptureQueriesContext(connection) as queries:
            assert len(sending.compose(batch)) == len(batch)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- announcements, what helped


@pytest.fixture
def news(commons, fay, themes):
    return services.start_thread(
        space=commons, author=fay, title="Doors open at nine", body="Bring a friend.",
        themes=[themes["drivers"]], kind=Thread.Kind.ANNOUNCEMENT,
    )  # fmt: skip


def test_an_announcement_counts_its_audience_and_reaches_it(sink, news, cast):  # noqa: F811
    Membership.objects.filter(pk=cast.tia.pk).update(norms_agreed_version=0)
    mail_choices.switch_off(member=cast.theo, topic=notices.ANNOUNCEMENTS_TOPIC)
    Suppression.objects.create(address=cast.obi.user.email)

    audience = notices.announcement_audience(news)
    assert (audience.mailed, sum(audience.left_out.values()), audience.readers) == (1, 3, 4)
    assert notices.announce(news) == 4
    sending.send_due()
    assert list(arrived(sink)) == ["mia@example.org"]
    message = arrived(sink)["mia@example.org"]
    assert (message["Subject"], message["From"].split(" via ")[0]) == ("Doors open at nine", "Fay")
    notices.announce(news)
    assert sending.send_due() == {}
    # Nor is it told once more to those who follow its theme.
    assert later(minutes=11) == 0


def test_an_announcement_spares_those_who_keep_its_space_quiet(sink, news, cast):  # noqa: F811
    following.follow(member=cast.mia, subject=news.space, level=Level.QUIET)
    assert notices.announcement_audience(news).left_out == {"Keeps this quiet": 1}
    notices.announce(news)
    sending.send_due()
    assert "mia@example.org" not in arrived(sink)


def test_whoever_helped_hears_of_it_unless_it_is_taken_back(sink, commons, cast, themes):  # noqa: F811
    question = services.start_thread(
        space=commons, author=cast.mia, title="How?", body="?", themes=[themes["drivers"]],
        kind=Thread.Kind.QUESTION,
    )  # fmt: skip
    helpful, other = reply(question, cast.theo, "So."), reply(question, cast.tia, "Or so.")
    settle()
    services.mark_answer(thread=question, post=other, by=cast.mia)
    services.mark_answer(thread=question, post=helpful, by=cast.mia)
    Delivery.objects.update(not_before=timezone.now())
    assert sending.send_due() == {"sent": 1, "skipped": 1}
    assert arrived(sink)["theo@example.org"]["Subject"] == "Your reply helped: How?"


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
