"""Who answers whom, whatever mail programs made of it."""

from datetime import timedelta

import pytest

from forums.models import Post, Thread, path_step
from tests.forums.mail_archive import BEGAN, mail, outcomes, shape


def test_a_thread_comes_in_with_its_tree_and_counters(bring, commons, mia, theo):
    bring(
        mail("1"),
        mail("2", answers="1", minutes=5, sender="Theo <theo@example.org>", subject="Re: Buses"),
        mail("3", references="1 2", minutes=9, subject="Re: Buses"),
        mail("4", references="1", minutes=7, sender="Theo <theo@example.org>"),
    )

    thread = Thread.objects.get()
    assert shape(thread) == [(1, None), (2, 1), (3, 1), (4, 2)]
    assert (thread.title, thread.author, thread.space, thread.kind) == (
        "Buses",
        mia,
        commons,
        Thread.Kind.DISCUSSION,
    )
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (4, 3, mia)
    assert thread.created_at == BEGAN
    assert thread.last_posted_at == BEGAN + timedelta(minutes=9)
    one, two, three, four = map(path_step, range(1, 5))
    assert list(thread.posts.order_by("number").values_list("path", flat=True)) == [
        one,
        one + two,
        one + three,
        one + two + four,
    ]


def test_those_who_answer_a_missing_mail_stand_together(bring):
    bring(
        mail("2", references="gone", subject="Re: Buses"),
        mail("3", references="gone", minutes=1, subject="Re: Other words"),
        mail("4", references="gone 3", minutes=2, subject="Re: Buses"),
    )

    assert shape(Thread.objects.get()) == [(1, None), (2, 1), (3, 2)]


@pytest.mark.parametrize(
    "mails",
    [
        [mail("1", answers="1")],
        [mail("1", answers="2"), mail("2", answers="1", minutes=1, subject="Other")],
        [
            mail("1", references="3"),
            mail("2", references="1", minutes=1, subject="B"),
            mail("3", references="2", minutes=2, subject="C"),
        ],
        [mail("1", references="1 1 2 1"), mail("2", references="1 2 1", minutes=1)],
    ],
)
def test_mails_that_answer_each_other_in_a_ring_all_come_in(rows, mails):
    found = rows(*mails)

    assert len(found) == len(mails) == Post.objects.count()
    assert "left out" not in outcomes(found)
    assert sum(Thread.objects.values_list("last_number", flat=True)) == len(mails)


def test_a_reply_without_references_finds_its_thread_by_subject(bring):
    bring(
        mail("1", subject="[bus] Routes"),
        mail("2", subject="Re: [bus] Routes", minutes=60, List_Id="Bus <bus.lists.example.org>"),
        mail("3", subject="AW: Re: [bus] routes", minutes=90),
        mail("4", subject="Routes", minutes=95),
        mail("5", subject="Fwd: Routes", minutes=96),
        mail("6", subject="Re: Routes", minutes=60 * 24 * 40),
        mail("7", subject="Re: ", minutes=60 * 24 * 41),
        mail("8", subject="Re: ", minutes=60 * 24 * 41),
    )

    assert list(Thread.objects.order_by("created_at").values_list("title", "last_number")) == [
        ("Routes", 3),
        ("Routes", 1),
        ("Routes", 1),
        ("Routes", 1),
        ("Without a subject", 1),
        ("Without a subject", 1),
    ]


def test_no_post_has_a_number_before_what_it_answers(bring):
    bring(
        mail("1", minutes=30),
        mail("2", answers="1", minutes=10),
        mail("3", answers="2", minutes=20),
        mail("4", answers="1", minutes=5),
    )

    assert shape(Thread.objects.get()) == [(1, None), (2, 1), (3, 1), (4, 3)]


def test_a_mail_is_taken_once(rows):
    found = rows(mail("1"), mail("1", minutes=4), mail("2", body="Another", subject="Other"))

    assert found == [
        ("began a discussion", "", ""),
        ("left out", "It is in the archive twice.", ""),
        ("began a discussion", "", ""),
    ]


def test_replies_to_what_was_left_out_answer_whom_it_answered(rows):
    found = rows(
        mail("1"),
        mail("2", references="1", minutes=1, Auto_Submitted="auto-replied"),
        mail("3", references="1 2", minutes=2, body=""),
        mail("4", references="1 2 3", minutes=3),
    )

    assert found == [
        ("began a discussion", "", ""),
        ("left out", "It was sent by a program.", ""),
        ("left out", "There is nothing in it.", ""),
        ("became a reply", "", ""),
    ]
    assert shape() == [(1, None), (2, 1)]


def test_a_thread_of_great_depth_comes_in(bring):
    bring(*(mail(str(n), answers=str(n - 1), minutes=n) for n in range(1, 601)))

    assert Thread.objects.get().last_number == 600
