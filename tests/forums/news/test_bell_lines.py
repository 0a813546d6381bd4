"""Lines at the bell go when what they tell of may not be seen, and are read with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Role
from cohort.services.people import change_place, remove_member
from forums import ringing, services
from forums.models import Post, Thread
from forums.services import following
from notifications import bell
from tests.forums.news import lines, mention, reply

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
