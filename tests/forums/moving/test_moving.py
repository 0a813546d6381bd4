"""A thread goes to another space, out of some people's sight."""

import pytest

from cohort.models import AuditEntry
from forums import services
from forums.models import Mention, Thread
from forums.queries.steering import changes_of_readers
from tests.forums.moving import reply


def test_a_moved_thread_is_gone_at_once_for_whom_it_is_not_any_more(
    thread, spaces, fay, mia, theo, tia, obi
):
    services.publish_reply(
        thread=thread,
        author=fay,
        body=services.html_of("@Tia and @Theo, look", thread.space, is_html=False),
    )
    assert {mention.member for mention in Mention.objects.all()} == {tia, theo}

    services.move_thread(thread=thread, space=spaces["harbor"], by=fay)

    seen = [m for m in (fay, mia, theo, tia, obi) if Thread.objects.visible_to(m).exists()]
    assert seen == [fay, mia, theo]
    assert [mention.member for mention in Mention.objects.all()] == [theo]
    entry = AuditEntry.objects.get(action="thread.moved")
    assert (entry.actor_name, entry.details["after"]) == ("Fay", "Harbor")


def test_moving_tells_open_pages_to_look_again(
    thread, spaces, fay, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("forums.live._send", lambda *message: told.append(message))
    with django_capture_on_commit_callbacks(execute=True):
        services.move_thread(thread=thread, space=spaces["harbor"], by=fay)
    assert told == [(thread.pk, {"type": "access.changed"})]


def test_a_thread_moved_to_where_it_is_stays_without_a_line(thread, commons, fay):
    services.move_thread(thread=thread, space=commons, by=fay)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("what", ["thread", "space"])
def test_what_is_gone_is_not_moved(thread, spaces, fay, what):
    if what == "thread":
        services.remove_post(post=thread.posts.get())
        expected = services.ThreadGone
    else:
        spaces["harbor"].delete()
        expected = services.SpaceGone
    with pytest.raises(expected):
        services.move_thread(thread=thread, space=spaces["harbor"], by=fay)


def test_changes_of_readers_counts_who_loses_and_who_gains(thread, spaces, cast):
    reply(thread, cast.tia)
    changes = changes_of_readers(thread, spaces.values())
    # In the cohort: fay, theo, mia, tia, obi.
    assert {
        slug: (change.lose, change.gain, change.writers_lose)
        for slug, change in ((slug, changes[space.pk]) for slug, space in spaces.items())
    } == {
        "commons": (0, 0, 0),
        "harbor": (2, 0, 1),
        "river": (3, 0, 1),
        "facilitators": (4, 0, 2),
    }
    services.move_thread(thread=thread, space=spaces["harbor"], by=cast.fay)
    thread.refresh_from_db()
    changes = changes_of_readers(thread, [spaces["river"]])
    assert changes[spaces["river"].pk].gain == 1
