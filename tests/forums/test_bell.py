"""What bells are told of discussions, at once, and that they tell nothing that may not be seen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Role
from cohort.services.people import change_place, remove_member
from forums import moderation_mail, notices, ringing, services
from forums.models import Follow, Level, Post, Thread
from forums.services import following
from notifications import bell, planning
from notifications.models import Choices, Delivery, Entry
from tests.factories import MembershipFactory


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do something whose after-effects run, as after a commit."""

    def committing(work, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return work(*args, **kwargs)

    return committing


@pytest.fixture
def rung(thread, commit):
    """Ring what was written; what was there before is no news."""
    Post.objects.update(rung_at=timezone.now())
    return lambda: commit(ringing.ring, timezone.now())


def reply(thread, author, body="A thought.", parent=None, **fields):
    return services.publish_reply(thread=thread, author=author, body=body, parent=parent, **fields)


def mention(member_or_team):
    return services.bodies.mentions.mention_html(member_or_team.cohort.slug, member_or_team)


def lines(member):
    """What the bell says to a member, the latest first."""
    entries = list(bell.entries_of(member).select_related("member__user", "member__cohort"))
    said = bell.lines_of(entries)
    return [(said[e.pk].title, said[e.pk].detail) if e.pk in said else None for e in entries]


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


# ---------------------------------------------------------------- nothing that may not be seen


@pytest.fixture
def told(thread, mia, theo, tia, rung):
    """A line for mia about theo's reply, unread; and for tia, who follows."""
    following.follow(member=tia, subject=thread)
    post = reply(thread, theo)
    rung()
    assert bell.unread_count(mia) == bell.unread_count(tia) == 1
    return post


def test_a_removed_post_leaves_no_line(told, mia, theo, commit):
    commit(services.remove_post, post=told, by=theo)
    assert bell.unread_count(mia) == 0


def test_a_hidden_post_leaves_no_line(told, mia, fay, commit):
    commit(services.hide_post, post=told, by=fay)
    assert lines(mia) == []


def test_a_thread_that_moves_out_of_sight_takes_its_lines(told, thread, spaces, fay, tia, commit):
    commit(services.move_thread, thread=thread, space=spaces["facilitators"], by=fay)
    assert bell.unread_count(tia) == 0


def test_answers_first_closes_lines_about_replies(told, thread, tia, mia, fay, commit):
    commit(services.ask_answers_first, thread=thread, by=fay)
    assert bell.unread_count(tia) == 0
    assert bell.unread_count(mia) == 1  # it is her thread


def test_lines_go_along_with_posts_that_are_split_off(told, thread, spaces, fay, tia, mia, commit):
    target = commit(
        services.split_thread,
        thread=thread, numbers=[told.number], title="Trains", space=spaces["commons"],
        themes=[], kind="discussion", by=fay,
    )  # fmt: skip
    assert lines(tia) == [("Theo started a discussion", "Trains")]
    assert set(bell.entries_of(tia).values_list("group", flat=True)) == {f"thread:{target.pk}"}


def test_lines_go_along_with_a_thread_that_is_merged(told, thread, commons, fay, tia, commit):
    target = services.start_thread(space=commons, author=fay, title="All", body="x", themes=[])
    commit(services.merge_threads, source=thread, target=target, by=fay)
    assert [detail for _title, detail in lines(tia)] == ["All"]


def test_another_team_closes_what_the_old_one_read(spaces, cast, team, mia, theo, fay, commit):
    thread = services.start_thread(
        space=spaces["harbor"], author=mia, title="Ours", body="x", themes=[]
    )
    Post.objects.update(rung_at=timezone.now())
    reply(thread, theo)
    commit(ringing.ring, timezone.now())
    assert lines(mia) == [("Theo answered you", "Ours")]
    commit(
        change_place,
        member=mia, role=Role.MEMBER, team=cast.other_team, organization=None, by=fay,
    )  # fmt: skip
    assert not bell.entries_of(mia).unread().filter(group=f"thread:{thread.pk}").exists()


def test_who_left_has_no_lines_that_wait(told, mia, fay, commit):
    commit(remove_member, member=mia, by=fay)
    assert bell.unread_count(mia) == 0


def test_what_closes_while_it_is_rung_is_looked_at_afterwards(
    thread, mia, theo, fay, spaces, monkeypatch, rung
):
    """The thread moves after it was decided who hears of it, and before the lines stand."""
    post = reply(thread, theo, f"<p>{mention(mia)}</p>")
    hearing = ringing.who_hears

    def slowly(pks):
        heard = hearing(pks)
        assert heard
        Thread.objects.filter(pk=thread.pk).update(space=spaces["facilitators"])
        return heard

    monkeypatch.setattr(ringing, "who_hears", slowly)
    rung()
    assert Post.objects.get(pk=post.pk).rung_at
    assert bell.unread_count(mia) == 0


# ---------------------------------------------------------------- reading reads


def test_opening_the_thread_reads_its_lines(browse, told, thread, mia, theo):
    page = browse(mia).get(thread.get_absolute_url())
    assert page.status_code == 200
    assert bell.unread_count(mia) == 0
    assert bell.entries_of(mia).get().read_at


def test_a_page_loaded_ahead_reads_nothing(browse, told, thread, mia):
    browse(mia).get(thread.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    assert bell.unread_count(mia) == 1


def test_reading_costs_one_query_and_only_where_something_waits(browse, told, thread, mia):
    client = browse(mia)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(thread.get_absolute_url())
        return sum("notifications_entry" in query["sql"] for query in asked)

    assert [cost(), cost()] == [2, 1]


def test_of_a_long_thread_only_what_was_shown_is_read(browse, thread, mia, theo, rung):
    first = reply(thread, theo)
    for _n in range(60):
        reply(thread, mia, parent=first)
    last = reply(thread, theo)
    Post.objects.exclude(pk=last.pk).update(rung_at=timezone.now())
    services.note_reading(member=mia, thread=thread, number=last.number - 1)
    rung()
    client = browse(mia)
    client.get(f"{thread.get_absolute_url()}?post=1")
    assert bell.unread_count(mia) == 1
    client.get(last.get_absolute_url())
    assert bell.unread_count(mia) == 0


def test_the_list_of_flags_reads_its_line(browse, thread, mia, theo, fay):
    services.flag_post(post=reply(thread, theo), by=mia, reason="other")
    assert bell.unread_count(fay) == 1
    browse(fay).get(f"/c/{fay.cohort.slug}/discussions/flags/")
    assert bell.unread_count(fay) == 0


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
