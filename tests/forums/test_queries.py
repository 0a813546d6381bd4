from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Audience
from forums import queries, services
from forums.models import Reading, Thread
from forums.queries import Filters
from forums.queries.following import Levels
from tests.factories import PostFactory, SpaceFactory, ThreadFactory


def titles(page):
    return [thread.title for thread in page.threads]


@pytest.fixture
def shelf(commons, mia, theo, themes):
    """Five threads, the oldest first, a day apart."""
    now = timezone.now()
    threads = []
    for n, title in enumerate(["one", "two", "three", "four", "five"]):
        threads.append(
            services.start_thread(
                space=commons,
                author=mia if title == "two" else theo,
                title=title,
                body=title,
                themes=[themes["leaders" if n % 2 else "drivers"]],
                kind=Thread.Kind.QUESTION if title == "three" else Thread.Kind.DISCUSSION,
                at=now - timedelta(days=10 - n),
            )
        )
    return threads


def test_list_threads_sorts_by_activity_pins_first_and_by_age(shelf, mia, theo):
    services.publish_reply(thread=shelf[0], author=theo, body="Up.")
    services.pin_thread(thread=shelf[2])

    assert titles(queries.list_threads(mia, Filters())) == ["three", "one", "five", "four", "two"]
    by_age = queries.list_threads(mia, Filters(sort="new"))
    assert titles(by_age) == ["three", "five", "four", "two", "one"]


def test_list_threads_filters(shelf, mia, themes, spaces, theo):
    Reading.objects.all().delete()
    services.note_reading(member=mia, thread=shelf[0], number=1)
    mia.previous_visit_at = timezone.now() - timedelta(days=7, hours=1)

    def found(**filters):
        return titles(queries.list_threads(mia, Filters(**filters)))

    assert found(theme=themes["leaders"]) == ["four", "two"]
    assert found(kind="question") == ["three"]
    assert found(show="unanswered") == ["three"]
    assert found(show="mine") == ["two"]
    assert found(show="unread") == ["five", "four", "three", "two"]
    assert found(show="new") == ["five", "four"]
    assert found(space=spaces[mia.team.slug]) == []


def test_list_threads_pages_neither_skip_nor_repeat_while_threads_move(
    shelf, mia, theo, monkeypatch
):
    monkeypatch.setattr("forums.queries.lists.PER_PAGE", 2)
    first = queries.list_threads(mia, Filters())
    services.publish_reply(thread=shelf[4], author=theo, body="Back to the top.")
    second = queries.list_threads(mia, Filters(), first.cursor)
    third = queries.list_threads(mia, Filters(), second.cursor)

    pages = [titles(page) for page in (first, second, third)]
    assert pages == [["five", "four"], ["three", "two"], ["one"]]
    assert third.cursor == ""


@pytest.mark.parametrize("cursor", ["", "x", "1-", "-1", "9" * 30 + "-1", "１-２", "1-2-3"])
def test_list_threads_takes_a_cursor_that_is_none_for_the_beginning(shelf, mia, cursor):
    assert len(queries.list_threads(mia, Filters(), cursor).threads) in {0, 5}


def test_list_threads_says_what_is_unread(shelf, mia, theo):
    services.note_reading(member=mia, thread=shelf[4], number=1)
    services.publish_reply(thread=shelf[4], author=theo, body="More.")
    services.publish_reply(thread=shelf[4], author=theo, body="And more.")

    threads = {t.title: t for t in queries.list_threads(mia, Filters()).threads}
    told = {title: (t.unread, t.is_unopened) for title, t in threads.items()}
    assert told == {
        "five": (2, False), "four": (0, True), "three": (0, True), "two": (0, False),
        "one": (0, True),
    }  # fmt: skip
    assert threads["five"].replies == "2 replies"


# ---------------------------------------------------------------- a thread's page


def numbers(page):
    return [row.number for row in page.rows]


@pytest.fixture
def long_thread(thread, theo):
    """120 posts: 1, replies to it, and answers to every tenth of those."""
    for number in range(2, 121):
        parent = thread.posts.get(number=(number - 1) // 10 * 10) if number > 20 else None
        PostFactory(thread=thread, author=theo, number=number, parent=parent or first(thread))
    thread.refresh_from_db()
    return thread


def first(thread):
    return thread.posts.get(number=1)


def test_read_thread_pages_cover_the_tree_once_both_ways(long_thread, mia):
    whole = list(long_thread.posts.order_by("path").values_list("number", flat=True))

    page = queries.read_thread(long_thread, mia, read_number=None)
    forth = numbers(page)
    while page.after:
        PostFactory(thread=long_thread, parent=first(long_thread))  # posts go on arriving
        page = queries.read_thread(long_thread, mia, read_number=None, after=page.after)
        forth += numbers(page)
    assert [n for n in forth if n <= 120] == whole

    page = queries.read_thread(long_thread, mia, read_number=None, before=whole[-1])
    back = numbers(page)
    while page.before:
        page = queries.read_thread(long_thread, mia, read_number=None, before=page.before)
        back = numbers(page) + back
    assert back == whole[:-1]


@pytest.mark.parametrize("number", [1, 2, 60, 119, 120])
def test_read_thread_shows_a_post_that_is_asked_for(long_thread, mia, number):
    page = queries.read_thread(long_thread, mia, read_number=None, around=number)

    assert number in numbers(page)
    assert len(page.rows) <= 50
    assert (page.before is None) == (numbers(page)[0] == 1)
    assert (page.opening is None) == (numbers(page)[0] == 1)


def test_read_thread_opens_at_the_first_new_post(long_thread, mia):
    page = queries.read_thread(long_thread, mia, read_number=100)

    assert next(row.number for row in page.rows if row.is_first_new) == 101
    assert page.new_count == len([row for row in page.rows if row.number > 100])


def test_read_thread_counts_as_read_only_what_it_shows(long_thread, mia):
    whole = list(long_thread.posts.order_by("path").values_list("number", flat=True))
    unseen = min(set(whole) - set(whole[:50]))

    assert queries.read_thread(long_thread, mia, read_number=None).read_to == unseen - 1
    last = queries.read_thread(long_thread, mia, read_number=119, around=120)
    assert last.read_to == 120


def test_read_thread_indents_thrice_and_names_whom_deeper_ones_answer(thread, theo, mia):
    post = first(thread)
    for n in range(6):
        post = services.publish_reply(
            thread=thread, author=theo if n % 2 else mia, body="Deeper.", parent=post
        )
    page = queries.read_thread(thread, mia, read_number=None)

    assert [str(row.nesting).count("<div") for row in page.rows] == [0, 0, 1, 1, 1, 0, 0]
    assert page.closing == "</div>" * 3
    told = [(row.to, row.to_is_for_phones) for row in page.rows[2:]]
    mia_name, theo_name = str(mia), str(theo)
    assert told == [
        (mia_name, True), (theo_name, True), (mia_name, True), (theo_name, False),
        (mia_name, False),
    ]  # fmt: skip


# ---------------------------------------------------------------- news


def test_home_has_the_visible_threads_that_moved(shelf, mia, spaces, themes, fay):
    services.start_thread(
        space=spaces["facilitators"], author=fay, title="hidden", body="B",
        themes=[themes["drivers"]],
    )  # fmt: skip
    page = queries.front_page(mia, most_waiting=1, rows=2)
    assert [t.title for t in page.threads] == ["five", "four"]


def test_home_has_others_questions_that_are_open(shelf, mia, theo):
    assert asked(mia) == ["three"]
    assert asked(theo) == []
    services.close_thread(thread=shelf[2])
    assert asked(mia) == []


def asked(member):
    return [t.title for t in queries.front_page(member, most_waiting=1, rows=1).questions]


def test_theme_threads_of_a_theme_have_its_lessons_too(shelf, mia, themes, commons):
    services.start_thread(
        space=commons, author=mia, title="lesson", body="B", themes=[themes["agility"]]
    )

    found = [
        t.title for t in queries.theme_threads(mia, themes["leaders"], Levels(), themes.values())
    ]
    assert found == ["lesson", "four", "two"]


def test_what_was_said_to_me_waits_until_it_is_read(thread, mia, theo, fay):
    reply = services.publish_reply(thread=thread, author=theo, body="To mia.")
    services.publish_reply(thread=thread, author=fay, body="To theo.", parent=reply)
    services.publish_reply(thread=thread, author=mia, body="Her own.")
    gone = services.publish_reply(thread=thread, author=fay, body="Gone.")
    services.remove_post(post=gone)

    assert [post.number for post in queries.waiting_posts(mia, Levels())] == [2]
    services.note_reading(member=mia, thread=thread, number=2)
    assert queries.waiting_posts(mia, Levels()) == []


def test_what_waits_stays_with_those_who_may_see_them(cast, themes):
    space = SpaceFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team)
    thread = ThreadFactory(space=space, author=cast.mia)
    PostFactory(thread=thread)
    assert len(queries.waiting_posts(cast.mia, Levels())) == 1

    cast.mia.team = cast.other_team
    assert len(queries.waiting_posts(cast.mia, Levels())) == 0
