import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications import allowances, outbox, sending, tasks
from notifications.models import Allowance, Delivery
from tests.factories import MembershipFactory

pytestmark = pytest.mark.usefixtures("notes", "no_worker")


def test_without_limits_nothing_is_counted(db):
    assert allowances.take(50).count == 50
    assert not Allowance.objects.exists()


def test_turns_follow_each_other_at_the_pace(db, settings):
    settings.MAIL_PER_SECOND = 10
    first, second, third = (allowances.take(50) for _ in range(3))
    assert [turns.count for turns in (first, second, third)] == [20, 20, 0]
    assert second.first_at - first.first_at == timedelta(seconds=2)
    assert allowances.may_go_on() is False


def test_mail_goes_out_no_faster_than_the_provider_takes(sink, settings, cohort):
    settings.MAIL_PER_SECOND = 10
    outbox.enqueue("note", [MembershipFactory(cohort=cohort) for _ in range(8)], dedupe_key="1")
    begun = time.monotonic()
    assert sending.send_due() == {"sent": 8}
    assert time.monotonic() - begun >= 0.7


def test_a_slow_pace_is_still_a_pace(db, settings):
    settings.MAIL_PER_SECOND = 0.1
    turns = allowances.take(50)
    assert (turns.count, turns.gap) == (1, timedelta(seconds=10))
    assert allowances.take(50).count == 0


def test_the_days_allowance_ends_and_the_next_day_begins_anew(sink, settings, cohort):
    settings.MAIL_PER_DAY = 3
    outbox.enqueue("note", [MembershipFactory(cohort=cohort) for _ in range(5)], dedupe_key="1")
    assert sending.send_due() == {"sent": 3}
    assert allowances.resumes_at() > timezone.now()
    assert allowances.may_go_on() is False
    assert Delivery.objects.due().count() == 2
    Allowance.objects.update(day=timezone.now().date() - timedelta(days=1))
    assert sending.send_due() == {"sent": 2}


def test_what_is_not_sent_does_not_count_for_the_day(sink, settings, mia, theo):
    settings.MAIL_PER_DAY = 10
    outbox.enqueue("note", [mia, theo], dedupe_key="1", expires_at=timezone.now())
    assert sending.send_due() == {"skipped": 2}
    assert Allowance.objects.get().taken == 0


def test_nobody_is_called_while_the_day_is_used_up(sink, settings, cohort, monkeypatch):
    settings.MAIL_PER_DAY = 1
    called = []
    monkeypatch.setattr(tasks, "poke", lambda: called.append(1))
    outbox.enqueue("note", [MembershipFactory(cohort=cohort) for _ in range(2)], dedupe_key="1")
    tasks._send()
    assert called == []


@pytest.mark.django_db(transaction=True)
def test_five_workers_share_one_day(settings):
    settings.MAIL_PER_DAY = 12
    start, taken = threading.Barrier(5), []

    def work():
        start.wait()
        taken.append(allowances.take(5).count)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == [0, 0, 2, 5, 5]
