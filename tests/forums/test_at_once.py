"""Two who do something with the same discussion at the same moment."""

import threading
import time

import pytest
from django.db import connection, transaction

from cohort.models import Tag
from forums import services
from forums.models import Poll, Reading
from tests.forums.test_services import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(first, second, then=lambda: None):
    """Do `first` and `then` in one transaction, and `second` in another that begins between them.

    Gives the errors of the second one.
    """
    errors = []

    def run():
        try:
            second()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        first()
        other.start()
        until = time.monotonic() + 10
        while other.is_alive() and not somebody_waits() and time.monotonic() < until:
            time.sleep(0.02)
        then()
    other.join(timeout=60)
    return errors


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


def begin(space, author, themes, **fields):
    return services.start_thread(
        space=space, author=author, title="Vans", body="<p>Vans?</p>", themes=[themes["drivers"]],
        **fields,
    )  # fmt: skip


@pytest.fixture
def hall(cohort, fay):
    return services.add_space(cohort=cohort, name="Hall", description="", audience="cohort", by=fay)


def test_a_reply_that_waits_for_a_move_goes_along(thread, hall, theo, fay):
    errors = meanwhile(
        lambda: services.move_thread(thread=thread, space=hall, by=fay),
        lambda: services.publish_reply(thread=thread, author=theo, body="<p>We do.</p>"),
    )
    assert errors == []
    thread.refresh_from_db()
    assert (thread.space, thread.reply_count) == (hall, 1)


def test_a_merge_that_waits_for_a_move_finds_the_thread(thread, commons, hall, mia, fay, themes):
    other = begin(commons, mia, themes)
    errors = meanwhile(
        lambda: services.move_thread(thread=thread, space=hall, by=fay),
        lambda: services.merge_threads(source=other, target=thread, by=fay),
    )
    assert errors == []
    other.refresh_from_db()
    assert other.merged_into == thread


def test_calling_all_read_does_not_stand_in_the_way_of_a_merge(
    thread, commons, mia, tia, fay, themes
):
    later = begin(commons, mia, themes)

    def read(which):
        Reading.objects.bulk_create([Reading(member=tia, thread=which, number=1)])
        connection.check_constraints()

    errors = meanwhile(
        lambda: read(later),
        lambda: services.merge_threads(source=later, target=thread, by=fay),
        lambda: read(thread),
    )
    assert errors == []


def test_a_vote_does_not_hang_with_the_removal_of_its_poll(thread, fay, mia):
    new = services.NewPoll("Which day?", ["Monday", "Friday"])
    post = services.publish_reply(thread=thread, author=fay, body="<p>Well?</p>", poll=new)
    options = list(post.poll.options.all())
    errors = meanwhile(
        lambda: Poll.objects.select_for_update().get(post=post),
        lambda: services.remove_post(post=post),
        lambda: services.vote(poll=post.poll, member=mia, options=options[:1]),
    )
    assert errors == []
    assert not Poll.objects.exists()


def test_the_same_new_tags_in_any_order_hinder_nobody(commons, mia, themes):
    names = [f"tag{number}" for number in range(12)]
    orders = [names, names[::-1]] * 4
    errors = at_once(8, lambda: begin(commons, mia, themes, tags=orders.pop()))
    assert errors == []
    assert Tag.objects.count() == 12


def test_new_tags_of_one_slug_at_once_are_all_there(commons, mia, themes):
    names = ["C", "C+", "C++", "C!", "C#2", "C?"]
    waiting = names.copy()
    errors = at_once(6, lambda: begin(commons, mia, themes, tags=[waiting.pop()]))
    assert errors == []
    assert sorted(Tag.objects.values_list("name", flat=True)) == sorted(names)
