"""What bells are told of discussions, at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums import moderation_mail, notices, ringing, services
from forums.models import Follow, Level, Post, Thread
from forums.services import following
from notifications import bell, planning
from notifications.models import Choices, Delivery, Entry
from tests.factories import MembershipFactory
from tests.forums.news import lines, mention, reply

# ---------------------------------------------------------------- ringing


def test_a_reply_rings_at_once_and_its_mail_waits(thread, mia, theo, rung):
    reply(thread, theo)
    assert rung() == 1
    assert lines(mia) == [("Theo answered you", "Buses")]
    assert bell.unread_count(mia) == 1
    assert lines(theo) == []
    assert not Delivery.objects.exists()
    assert rung() == 0


def test_more_of_the_same_gather_in_one_line(thread, mia, theo, tia, fay, rung):
    Thread.objects.filter(pk=thread.pk).update(kind=Thread.Kind.QUESTION)
    first = reply(thread, theo)
    rung()
    reply(thread, tia, parent=first)
    reply(thread, fay, parent=first)
    reply(thread, fay, parent=first)
    rung()
    assert bell.unread_count(mia) == 1
    # One answers her, the others replied to her question; the foremost stands in front.
    assert lines(mia) == [("Theo answered you", "Buses · 3 more posts")]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (["theo"], "Theo mentioned you"),
        (["theo", "tia"], "Tia and Theo mentioned you"),
        (["theo", "tia", "fay", "theo"], "Theo and 2 others mentioned you"),
    ],
)
def test_a_line_names_who_wrote(cast, thread, mia, rung, people, words):
    for name in people:
        reply(thread, getattr(cast, name), f"<p>{mention(mia)}</p>")
    rung()
    assert lines(mia) == [(words, "Buses")]


def test_a_line_leads_to_the_first_that_is_new(thread, mia, theo, rung):
    first = reply(thread, theo)
    reply(thread, theo)
    rung()
    entry = bell.entries_of(mia).select_related("member").get()
    line = bell.lines_of([entry])[entry.pk]
    assert (line.url, line.icon, line.person) == (first.get_absolute_url(), "reply", theo)


def test_who_follows_hears_of_what_begins(commons, theo, tia, themes, rung):
    following.follow(member=theo, subject=commons)
    services.start_thread(space=commons, author=tia, title="New", body="x", themes=[])
    rung()
    assert lines(theo) == [("Tia started a discussion", "New")]


def test_each_way_has_switches_of_its_own(commons, thread, mia, theo, rung):
    Choices.objects.create(member=mia, switched=["discussions-replies:bell"])
    reply(thread, theo)
    rung()
    assert lines(mia) == []
    assert planning.plan_due(timezone.now() + timedelta(minutes=11)) == 1


def test_what_was_read_quiet_or_old_does_not_ring(thread, mia, theo, tia, rung):
    services.note_reading(member=mia, thread=thread, number=99)
    first = reply(thread, theo)
    following.follow(member=theo, subject=thread, level=Level.QUIET)
    reply(thread, tia, parent=first)
    old = reply(thread, tia, f"<p>{mention(theo)}</p>", at=timezone.now() - timedelta(days=4))
    assert rung() == 3
    assert not Entry.objects.exists()
    assert Post.objects.get(pk=old.pk).rung_at


def test_the_beat_rings_what_no_poke_did(thread, mia, theo, rung):
    reply(thread, theo)
    planning.plan_due(timezone.now())
    assert lines(mia) == [("Theo answered you", "Buses")]


def test_writing_costs_the_same_however_many_follow(commons, thread, mia, theo):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            reply(thread, theo)
        return len(asked)

    alone = cost()
    for person in [MembershipFactory(cohort=commons.cohort) for _n in range(3)]:
        following.follow(member=person, subject=commons)
    assert cost() == alone


def test_ringing_costs_the_same_for_one_and_three(commons, thread, mia, theo, rung):
    def cost(people):
        for person in [MembershipFactory(cohort=commons.cohort) for _n in range(people)]:
            Follow.objects.create(member=person, space=commons, level=Level.EVERYTHING)
        reply(thread, theo)
        with CaptureQueriesContext(connection) as asked:
            rung()
        return len(asked)

    cost(1)
    one = cost(0)
    assert cost(2) == one
    assert Entry.objects.filter(kind=notices.FOLLOWED).count() == 3


# ---------------------------------------------------------------- announcements, what helped, flags


def test_an_announcement_rings_once_for_everybody_who_may_read_it(commons, fay, mia, theo, commit):
    following.follow(member=mia, subject=commons)
    thread = services.start_thread(
        space=commons, author=fay, title="Snow", body="x", themes=[], kind="announcement"
    )
    commit(ringing.ring, timezone.now())
    assert not Entry.objects.exists()  # she may still say that it goes to everybody
    services.announce_thread(thread=thread, by=fay)
    commit(ringing.ring, timezone.now())
    assert lines(mia) == lines(theo) == [("An announcement from Fay", "Snow")]
    assert lines(fay) == []


def test_what_helped_is_said_while_it_is_marked(thread, mia, theo, commit):
    Thread.objects.filter(pk=thread.pk).update(kind=Thread.Kind.QUESTION)
    post = reply(thread, theo)
    commit(services.mark_answer, thread=thread, post=post, by=mia)
    # Only the asker's own thanks are told: she is not, he is.
    assert lines(theo) == [("Your reply helped", "Buses")]
    commit(services.threads.clear_answer, thread=thread)
    assert bell.unread_count(theo) == 0


def test_flags_ring_for_facilitators_until_they_are_decided(thread, mia, theo, fay, commit):
    post = reply(thread, theo)
    services.flag_post(post=post, by=mia, reason="other")
    assert lines(fay) == [("A flagged post waits for you", "Buses")]
    commit(services.hide_post, post=post, by=fay)
    assert lines(theo) == [("Your post in “Buses” was hidden", "From the facilitators")]
    assert lines(mia)[0] == ("The post you flagged was hidden", "From the facilitators")
    assert Entry.objects.filter(group=moderation_mail.flags_group(fay.cohort_id)).count() == 1
    assert lines(fay) == [None]


# ---------------------------------------------------------------- named by an edit


@pytest.mark.parametrize("by_team", [False, True])
def test_whom_an_edit_names_after_the_ring_is_rung_once(thread, tia, theo, rung, commit, by_team):
    whom = mention(tia.team if by_team else tia)
    post = reply(thread, theo, "Look.")
    rung()
    services.note_reading(member=tia, thread=thread, number=post.number)
    assert lines(tia) == []

    for body in (f"<p>Look, {whom}</p>", "<p>Look again.</p>", f"<p>Look again, {whom}</p>"):
        commit(services.edit_post, post=post, body=body)
    assert lines(tia) == [
        ("Theo mentioned your team" if by_team else "Theo mentioned you", "Buses")
    ]
    assert Entry.objects.filter(member=tia).count() == 1
    # Nor once more after it was read, nor when the beat comes round.
    bell.seen(tia, notices.group_of(thread.pk))
    commit(services.edit_post, post=post, body="<p>Nobody.</p>")
    commit(services.edit_post, post=post, body=f"<p>Again {whom}</p>")
    rung()
    assert bell.unread_count(tia) == 0
    assert Entry.objects.filter(member=tia).count() == 1


def test_an_edit_before_the_ring_rings_with_all_others(thread, tia, theo, rung, commit):
    post = reply(thread, theo, "Look.")
    commit(services.edit_post, post=post, body=f"<p>Look, {mention(tia)}</p>")
    assert lines(tia) == []
    rung()
    assert lines(tia) == [("Theo mentioned you", "Buses")]


def test_an_edit_rings_for_nobody_who_keeps_it_quiet_or_heard_before(
    thread, mia, tia, theo, rung, commit
):
    following.follow(member=tia, subject=thread, level=Level.QUIET)
    post = reply(thread, theo, "Look.")
    rung()
    bell.seen(mia, notices.group_of(thread.pk))
    body = f"<p>Look, {mention(tia)} and {mention(mia)}</p>"
    commit(services.edit_post, post=post, body=body)
    assert (lines(tia), bell.unread_count(mia)) == ([], 0)


def test_whom_an_edit_names_after_the_mail_gets_one_mail(thread, mia, tia, theo, commit):
    post = reply(thread, theo, "Look.")
    Post.objects.update(created_at=timezone.now() - timedelta(minutes=11), rung_at=timezone.now())
    notices.plan(timezone.now())
    body = f"<p>Look, {mention(tia)} and {mention(mia)}</p>"
    commit(services.edit_post, post=post, body=body)
    commit(services.edit_post, post=post, body="<p>Look.</p>")
    commit(services.edit_post, post=post, body=body)
    rows = Delivery.objects.filter(way="mail").order_by("recipient__user__name")
    mails = [(str(row.recipient), row.params["posts"]) for row in rows]
    assert [found for found in mails if post.pk in found[1]] == [
        ("Mia", [post.pk]), ("Tia", [post.pk]),
    ]  # fmt: skip
