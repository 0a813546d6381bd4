"""The fields that make a poll, of a post and of a reply."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from forums import services
from forums.forms_polls import PollFields
from tests.factories import SpaceFactory, ThreadFactory


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
