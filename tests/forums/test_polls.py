"""Polls in posts: asked, answered, changed, closed; and what anonymity keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohort.models import Role
from forums import services
from forums.forms_polls import PollFields
from forums.models import Poll, PollVote, Post, Thread
from forums.queries.polls import polls_of
from tests.factories import MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

BUSES = services.NewPoll("Which day suits?", ["Monday", "Tuesday", "Friday"])


def ask(thread, author, **changes) -> Poll:
    new = services.NewPoll(**{**BUSES.__dict__, **changes})
    post = services.publish_reply(thread=thread, author=author, body="<p>Well?</p>", poll=new)
    return post.poll


def choose(poll, member, *texts):
    options = [option for option in poll.options.all() if option.text in texts]
    services.vote(poll=poll, member=member, options=options)


def seen(poll, member):
    return polls_of(member, [poll.post_id])[poll.post_id]


def counts(poll, member):
    return [option.votes for option in seen(poll, member).options]


def url(name, poll):
    post = poll.post
    return reverse(f"forums:{name}", args=["spring", post.thread_id, post.number])


@pytest.fixture
def people(cohort):
    return MembershipFactory.create_batch(9, cohort=cohort)


# ---------------------------------------------------------------- the fields of the form


def fields(**typed):
    return PollFields({f"poll-{name}": value for name, value in typed.items()})


@pytest.mark.parametrize(
    "typed", [{}, {"question": "  "}, {"is_anonymous": "on"}, {"closes_on": "soon"}]
)
def test_without_a_question_there_is_no_poll(typed):
    form = fields(**typed)

    assert form.is_valid()
    assert form.new_poll() is None


def test_fields_make_a_poll_of_what_was_typed():
    form = fields(
        question=" Which  day? ",
        options="- Monday\r\n\r\n• Tue  sday\r\n",
        is_multiple="on",
        is_anonymous="on",
    )

    assert form.is_valid()
    assert form.new_poll() == services.NewPoll(
        "Which day?", ["Monday", "Tue sday"], is_multiple=True, is_anonymous=True, closes_at=None
    )


def test_a_poll_closes_by_the_readers_clock():
    day = (timezone.now() + timedelta(days=40)).date()
    with timezone.override("Pacific/Honolulu"):
        exact = fields(question="?", options="a\nb", closes_on=day.isoformat(), closes_at="15:30")
        whole = fields(question="?", options="a\nb", closes_on=day.isoformat())
        assert exact.is_valid()
        assert whole.is_valid()

    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert exact.new_poll().closes_at == noon + timedelta(hours=13, minutes=30)
    assert whole.new_poll().closes_at == noon + timedelta(hours=21, minutes=59)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"options": "a\nb"}, "question", "What do you ask? Without a poll, empty its answers."),
        ({"question": "?"}, "options", "Please give at least two answers, each on its own line."),
        (
            {"question": "?", "options": "a"},
            "options",
            "Please give at least two answers, each on its own line.",
        ),
        ({"question": "?", "options": "a\nb\nA"}, "options", "“A” is there twice."),
        (
            {"question": "?", "options": "\n".join("abcdefghijk")},
            "options",
            "A poll has room for 10 answers, and these are 11.",
        ),
        (
            {"question": "?", "options": f"a\n{'b' * 161}"},
            "options",
            f"“{'b' * 40}…” is too long for an answer: 160 characters is the most.",
        ),
        (
            {"question": "?" * 201, "options": "a\nb"},
            "question",
            "A question has room for 200 characters, and this one has 201.",
        ),
        (
            {"question": "?", "options": "a\nb", "closes_on": "2020-02-02"},
            "closes_on",
            "This is over already. Please choose a later time.",
        ),
        (
            {"question": "?", "options": "a\nb", "closes_on": "9999-12-31"},
            "closes_on",
            "A poll stays open for two years at most.",
        ),
        (
            {"question": "?", "options": "a\nb", "closes_on": "31/12"},
            "closes_on",
            "Please give the date as in 2026-10-31.",
        ),
        (
            {"question": "?", "options": "a\nb", "closes_at": "10:00"},
            "closes_on",
            "On which day? Or leave the time empty.",
        ),
    ],
)
def test_what_cannot_be_is_told_in_words_and_kept(typed, field, words):
    form = fields(**typed)

    assert form.errors == {field: [words]}
    assert form.is_begun
    assert form["question"].value() == typed.get("question")


def test_a_closing_time_that_the_clocks_skip_is_told():
    with timezone.override("America/New_York"):
        form = fields(question="?", options="a\nb", closes_on="2027-03-14", closes_at="02:30")
        errors = form.errors
    assert errors == {
        "closes_at": ["The clocks skip this time on that day. Please choose another."]
    }


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


# ---------------------------------------------------------------- anonymity


@pytest.fixture
def secret(thread, fay):
    return ask(thread, fay, is_anonymous=True)


def test_an_anonymous_poll_shows_nothing_below_four_voters(secret, people, obi):
    for member in people[:3]:
        choose(secret, member, "Monday")
        view = seen(secret, member)
        assert (view.shows_results, view.counted, counts(secret, member)) == (True, 0, [0, 0, 0])
    assert counts(secret, obi) == [0, 0, 0]
    assert seen(secret, obi).voters == 3

    choose(secret, people[3], "Friday")
    assert counts(secret, people[0]) == [3, 0, 1]
    assert counts(secret, obi) == [3, 0, 1]
    assert counts(secret, people[4]) == [0, 0, 0]


def test_one_more_vote_of_an_anonymous_poll_is_not_told_by_comparing(secret, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    for newcomer in people[4:7]:
        choose(secret, newcomer, "Friday")
        assert counts(secret, people[0]) == [4, 0, 0]
    view = seen(secret, people[0])
    assert (view.voters, view.counted) == (7, 4)

    choose(secret, people[7], "Tuesday")
    assert counts(secret, people[0]) == [4, 1, 3]


def test_changing_ones_vote_again_and_again_brings_nobodys_to_light(secret, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    choose(secret, people[4], "Friday")
    for day in ["Tuesday", "Monday"] * 4:
        choose(secret, people[0], day)
    choose(secret, people[1])  # taken back

    assert counts(secret, people[0]) == [4, 0, 0]
    assert [option.is_mine for option in seen(secret, people[0]).options] == [True, False, False]


def test_closing_an_anonymous_poll_tells_no_more_than_was_told(secret, thread, fay, people):
    for member in people[:4]:
        choose(secret, member, "Tuesday")
    choose(secret, people[4], "Friday")
    services.close_thread(thread=thread, by=fay)
    assert counts(secret, people[8]) == [0, 4, 0]
    services.reopen_thread(thread=thread, by=fay)
    few = ask(thread, fay, is_anonymous=True)
    for member in people[:3]:
        choose(few, member, "Tuesday")
    services.close_poll(poll=secret)
    services.close_poll(poll=few)

    assert counts(secret, people[8]) == [0, 4, 0]
    assert counts(few, people[0]) == [0, 0, 0]
    assert seen(few, people[0]).awaits_more


def test_no_page_says_who_chose_what_in_an_anonymous_poll(secret, browse, fay, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    choose(secret, fay, "Monday")

    assert browse(fay).get(url("vote_list", secret)).status_code == 404
    assert not seen(secret, fay).shows_voters


# ---------------------------------------------------------------- the pages


def test_voting_leads_back_to_the_post(browse, thread, fay, mia):
    poll = ask(thread, fay)
    friday = poll.options.get(text="Friday")

    response = browse(mia).post(url("vote_create", poll), {"option": friday.pk})

    assert response.status_code == 302
    assert response["Location"] == poll.post.get_absolute_url()
    assert counts(poll, mia) == [0, 0, 1]


@pytest.mark.parametrize("sent", [{}, {"option": "x"}, {"option": "-1"}, {"option": "9" * 40}])
def test_a_vote_for_nothing_is_told(browse, thread, fay, mia, sent):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    page = browse(mia).post(url("vote_create", poll), sent, follow=True)

    assert "Nothing was chosen." in page.content.decode()
    assert counts(poll, mia) == [1, 0, 0]


def test_a_vote_is_taken_back_on_its_page(browse, thread, fay, mia):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    page = browse(mia).post(
        url("vote_create", poll), {"option": poll.options.first().pk, "withdraw": "1"}, follow=True
    )

    assert "Your vote was taken back." in page.content.decode()
    assert PollVote.objects.count() == 0


def test_a_late_vote_is_told(browse, thread, fay, mia):
    poll = ask(thread, fay)
    services.close_poll(poll=poll)

    page = browse(mia).post(
        url("vote_create", poll), {"option": poll.options.first().pk}, follow=True
    )

    assert "This poll was closed meanwhile." in page.content.decode()


@pytest.mark.parametrize(("who", "status"), [("fay", 302), ("mia", 302), ("theo", 403)])
def test_its_author_and_facilitators_close_a_poll(browse, cast, thread, who, status):
    poll = ask(thread, cast.mia)

    response = browse(getattr(cast, who)).post(url("poll_closing_create", poll))

    assert response.status_code == status
    assert Poll.objects.get(pk=poll.pk).is_open == (status == 403)


def test_who_chose_what_is_told_to_whoever_voted(browse, thread, fay, mia, theo, cohort):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")
    assert browse(theo).get(url("vote_list", poll)).status_code == 403

    gone = MembershipFactory(cohort=cohort, user__name="Gil Gone", role=Role.MEMBER)
    choose(poll, theo, "Monday")
    choose(poll, gone, "Friday")
    gone.left_at = timezone.now()
    gone.save()
    response = browse(theo).get(url("vote_list", poll))

    told = [(option, [str(one) for one in who]) for option, who in response.context["choices"]]
    assert told == [("Monday", ["Mia", "Theo"]), ("Tuesday", []), ("Friday", ["Gil Gone"])]


def test_a_post_without_a_poll_has_none_to_vote_in(browse, thread, mia):
    place = ["spring", thread.pk, 1]
    assert browse(mia).post(reverse("forums:vote_create", args=place)).status_code == 404
    assert browse(mia).get(reverse("forums:vote_list", args=place)).status_code == 404
    closing = reverse("forums:poll_closing_create", args=place)
    assert browse(mia).post(closing).status_code == 404


def test_the_admin_does_not_say_who_chose_what(secret, browse, cast, people):
    for member in people[:4]:
        choose(secret, member, "Monday")

    page = browse(cast.staff).get(f"/admin/forums/post/{secret.post_id}/delete/")

    assert "a vote in poll" in page.content.decode()
    names = [member.user.name for member in people]
    assert [name for name in names if name in page.content.decode()] == []


def test_a_reply_asks_with_a_poll(client, cast):
    thread = ThreadFactory(space=SpaceFactory(cohort=cast.cohort), author=cast.fay)
    client.force_login(cast.mia.user)
    asked = client.get(f"{thread.get_absolute_url()}?poll").content.decode()
    assert 'name="poll-question"' in asked
    assert 'name="poll-question"' not in client.get(thread.get_absolute_url()).content.decode()

    sent = {"body": "Which day?", "poll-question": "Which day?", "poll-options": "Monday"}
    address = f"{thread.get_absolute_url()}posts/"
    again = client.post(address, sent)
    assert again.status_code == 422
    assert "Which day?" in again.content.decode()
    assert not thread.posts.filter(author=cast.mia).exists()

    assert client.post(address, {**sent, "poll-options": "Monday\nFriday"}).status_code == 302
    reply = thread.posts.get(author=cast.mia)
    assert [option.text for option in reply.poll.options.all()] == ["Monday", "Friday"]
