"""The same archive again, a longer one, and one that was cut short."""

import pytest

from forums import services
from forums.mail_archive import importing, planting
from forums.models import Attachment, Post, Reading, Thread
from tests.forums.mail_archive import file_part, mail, outcomes, shape, with_files


def test_the_same_archive_again_brings_nothing(bring, rows):
    archive = [mail("1"), mail("2", answers="1"), mail("", body="No id", subject="C")]
    bring(*archive)
    before = list(Post.objects.order_by("pk").values())

    assert outcomes(rows(*archive)) == ["was here already"] * 3
    assert list(Post.objects.order_by("pk").values()) == before


def test_a_mail_without_id_is_known_by_its_content_wherever_it_stands(bring, rows):
    bring(mail("", body="No id"))

    found = rows(
        mail("1", subject="B"), mail("", body="No id").rstrip().replace(b"\n", b"\r\n") + b"\r\n"
    )
    assert outcomes(found) == ["began a discussion", "was here already"]


def test_a_longer_archive_adds_the_new_replies(bring, mia, theo, fay):
    bring(mail("1"), mail("2", answers="1", minutes=1))
    thread = Thread.objects.get()
    Reading.objects.filter(member=theo).update(number=1)
    services.publish_reply(thread=thread, author=mia, body="<p>Written here.</p>")

    bring(
        mail("1"),
        mail("2", answers="1", minutes=1),
        mail("3", references="1 2", minutes=2, sender="Fay <fay@example.org>"),
        mail("4", references="1 2 3", minutes=3),
        mail("5", subject="Re: Buses", minutes=4),
    )

    thread.refresh_from_db()
    assert shape(thread) == [(1, None), (2, 1), (3, 1), (4, 2), (5, 4), (6, 1)]
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (6, 5, mia)
    assert dict(thread.readings.values_list("member__user__name", "number"))["Theo"] == 1


def test_new_replies_leave_read_who_had_read_all(bring, fay, mia):
    bring(mail("1"))
    bring(mail("1"), mail("2", answers="1", minutes=1))

    assert set(Reading.objects.values_list("number", flat=True)) == {2}


def test_a_parent_that_comes_later_joins_the_thread_of_its_replies(bring):
    bring(mail("2", answers="1", minutes=1))
    bring(mail("1", subject="Before"), mail("2", answers="1", minutes=1))

    assert shape(Thread.objects.get()) == [(1, None), (2, 1)]


def test_replies_go_where_their_post_went_and_not_into_removed_threads(bring, rows, mia):
    archive = [mail("1"), mail("2", answers="1", minutes=1)]
    bring(*archive)
    for post in Post.objects.order_by("-number"):
        services.remove_post(post=post)

    found = rows(*archive, mail("3", answers="2", minutes=3))
    assert found[2] == ("left out", "The discussion that it belongs to was removed here.", "")
    assert Post.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_after_a_kill_the_second_run_does_the_rest(bring, monkeypatch, cast, settings):
    archive = [mail(str(n), subject=f"S{n}", minutes=n) for n in range(7)]
    archive[5] = mail("5", minutes=5, **with_files(file_part("a.csv", b"a,b\n")))
    monkeypatch.setattr(importing, "BATCH", 2)
    plant = planting.Planter._mark_read
    calls = []

    def killed(self, threads):
        calls.append(threads)
        if len(calls) == 3:
            raise KeyboardInterrupt
        plant(self, threads)

    monkeypatch.setattr(planting.Planter, "_mark_read", killed)
    with pytest.raises(KeyboardInterrupt):
        bring(*archive)
    after_kill = Post.objects.count(), Attachment.objects.count()
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    bring(*archive)

    assert after_kill == (4, 0)
    assert files == []
    assert (Post.objects.count(), Attachment.objects.count()) == (7, 1)


@pytest.mark.django_db(transaction=True)
def test_one_bad_discussion_stops_no_other(rows, monkeypatch, cast):
    whole = planting.Planter._thread

    def too_long(self, opening, letters):
        thread = whole(self, opening, letters)
        if thread.title == "Bad":
            thread.title = "x" * 141
        return thread

    monkeypatch.setattr(planting.Planter, "_thread", too_long)
    found = rows(
        mail("1"), mail("2", subject="Bad"), mail("3", answers="2"), mail("4", answers="1")
    )

    why = "The database refused its discussion (DataError)."
    assert found == [
        ("began a discussion", "", ""),
        ("left out", why, ""),
        ("left out", why, ""),
        ("became a reply", "", ""),
    ]
