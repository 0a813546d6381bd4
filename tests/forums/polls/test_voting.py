"""Votes count once, while a poll is open, and for whoever may see them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from forums import services
from forums.models import Poll, PollVote, Post, Thread
from forums.queries.polls import polls_of
from tests.factories import PostFactory, ThreadFactory
from tests.forums.polls import ask, choose, counts, seen

# ---------------------------------------------------------------- voting


def test_results_come_with_ones_vote(thread, fay, mia, theo):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    before = seen(poll, theo)
    choose(poll, theo, "Tuesday")

    assert (before.shows_results, [option.votes for option in before.options]) == (False, [0, 0, 0])
    assert (before.voters, before.may_vote) == (1, True)
    after = seen(poll, theo)
    told = [(each.text, each.votes, each.percent, each.is_mine) for each in after.options]
    assert told == [
        ("Monday", 1, 50, False),
        ("Tuesday", 1, 50, True),
        ("Friday", 0, 0, False),
    ]  # fmt: skip


def test_a_vote_is_changed_and_taken_back(thread, fay, mia):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")
    choose(poll, mia, "Friday")
    assert counts(poll, mia) == [0, 0, 1]

    choose(poll, mia)
    assert PollVote.objects.count() == 0


def test_one_choice_counts_unless_several_may_be_chosen(thread, fay, mia):
    single, several = ask(thread, fay), ask(thread, fay, is_multiple=True)
    choose(single, mia, "Monday", "Friday")
    choose(several, mia, "Monday", "Friday")

    assert counts(single, mia) == [1, 0, 0]
    assert counts(several, mia) == [1, 0, 1]
    assert seen(several, mia).voters == 1


def test_options_of_another_poll_do_not_count(thread, fay, mia):
    poll, other = ask(thread, fay), ask(thread, fay)
    services.vote(poll=poll, member=mia, options=list(other.options.all()))

    assert PollVote.objects.count() == 0


def test_a_closed_poll_takes_no_votes_and_shows_its_results(thread, fay, mia, theo):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")
    services.close_poll(poll=poll)

    with pytest.raises(services.PollClosed):
        choose(poll, theo, "Friday")
    assert counts(poll, theo) == [1, 0, 0]
    assert not seen(poll, theo).may_vote


def test_a_poll_closes_with_its_time_and_with_its_thread(thread, fay, mia):
    over = ask(thread, fay, closes_at=timezone.now() + timedelta(hours=1))
    Poll.objects.update(closes_at=timezone.now())
    poll = ask(thread, fay)
    Thread.objects.update(closed_at=timezone.now())

    for each in (over, poll):
        with pytest.raises(services.PollClosed):
            choose(each, mia, "Monday")
        assert not seen(each, mia).is_open


def test_a_poll_of_a_removed_or_hidden_post_is_gone(thread, fay, mia):
    removed, hidden = ask(thread, fay), ask(thread, fay)
    option = removed.options.first()
    services.remove_post(post=removed.post)
    Post.objects.filter(pk=hidden.post_id).update(hidden_at=timezone.now())

    with pytest.raises(services.PostGone):
        services.vote(poll=removed, member=mia, options=[option])
    with pytest.raises(services.PostGone):
        choose(hidden, mia, "Monday")
    assert polls_of(fay, [removed.post_id, hidden.post_id]) == {}


def test_closing_keeps_when_it_was_closed_first(thread, fay):
    poll = ask(thread, fay)
    services.close_poll(poll=poll)
    poll.refresh_from_db()
    services.close_poll(poll=poll)

    assert Poll.objects.get(pk=poll.pk).closes_at == poll.closes_at


@pytest.mark.django_db(transaction=True)
def test_votes_sent_at_once_count_once(thread, fay, mia):
    single, several = ask(thread, fay), ask(thread, fay, is_multiple=True)
    days = ["Monday", "Tuesday", "Friday"]

    def send(number: int) -> None:
        try:
            choose(single, mia, days[number % 3])
            choose(several, mia, "Monday", "Friday")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(24)))

    assert sum(counts(single, mia)) == 1
    assert counts(several, mia) == [1, 0, 1]


# ---------------------------------------------------------------- who sees a poll


def test_polls_are_those_of_posts_that_one_may_read(spaces, thread, fay, mia, tia, theo, olga):
    common = ask(thread, fay)
    in_team = ask(ThreadFactory(space=spaces["harbor"]), fay)
    Thread.objects.filter(pk=thread.pk).update(answers_first=True)
    posts = [common.post_id, in_team.post_id]

    def readable(member):
        return set(polls_of(member, posts))

    assert readable(fay) == {common.post_id, in_team.post_id}
    assert readable(mia) == {common.post_id, in_team.post_id}  # she opened the thread
    assert readable(theo) == {in_team.post_id}
    assert readable(tia) == set()
    assert readable(olga) == set()
    PostFactory(thread=thread, author=tia)
    assert readable(tia) == {common.post_id}


def test_observers_see_results_and_do_not_vote(thread, fay, mia, obi):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    view = seen(poll, obi)
    assert counts(poll, obi) == [1, 0, 0]
    assert (view.may_vote, view.may_close) == (False, False)


@pytest.mark.parametrize("polls", [1, 3])
def test_any_number_of_polls_is_one_query(polls, thread, fay, mia, django_assert_num_queries):
    posts = [ask(thread, fay).post_id for _each in range(polls)]

    with django_assert_num_queries(1):
        assert len(polls_of(mia, posts)) == polls
    with django_assert_num_queries(0):
        assert polls_of(mia, []) == {}
