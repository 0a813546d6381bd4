"""No mail goes twice, whoever dies or hangs while it is handed over."""

import threading
from datetime import timedelta
from email import message_from_bytes
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from notifications import marks, outbox, persistence, sending
from notifications.models import Delivery
from tests.factories import MembershipFactory
from tests.notifications.conftest import later

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
State = Delivery.State


def test_a_reminder_that_may_have_arrived_is_not_sent_again(sink, mia):
    sink.drop_after_data = True
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    assert sending.send_due() == {"uncertain": 1}
    sink.drop_after_data = False
    later(minutes=60)
    sending.send_due()
    assert sink.addresses == ["mia@example.org"]


def test_a_summons_that_may_have_arrived_is_sent_once_more(sink, mia):
    sink.drop_after_data = True
    outbox.enqueue("summons", [mia], dedupe_key="summons:1")
    for _round in range(4):
        sending.send_due()
        later(minutes=61)
    first, second = (message_from_bytes(data)["Message-ID"] for _address, data in sink.arrived)
    assert first == second
    assert Delivery.objects.get().state == State.UNCERTAIN


def test_a_connection_lost_before_the_data_is_not_uncertain(sink, mia):
    sink.drop_before_data = True
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    assert sending.send_due() == {"pending": 1}
    sink.drop_before_data = False
    later(minutes=2)
    assert sending.send_due() == {"sent": 1}
    assert sink.addresses == ["mia@example.org"]


def test_a_hanging_server_costs_one_timeout_not_one_for_each_mail(sink, mia, theo, fay):
    sink.slow_seconds = 3
    outbox.enqueue("note", [mia, theo, fay], dedupe_key="note:1")
    assert sending.send_due() == {"uncertain": 1}
    assert sorted(Delivery.objects.values_list("state", flat=True)) == [
        "pending",
        "pending",
        "uncertain",
    ]


def test_mail_claimed_by_a_dead_worker_is_claimed_anew(sink, mia):
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.claim()
    assert sending.send_due() == {}
    later(minutes=6)
    assert sending.send_due() == {"sent": 1}


@pytest.mark.parametrize(("kind", "arrived"), [("note", 0), ("summons", 1)])
def test_mail_left_in_the_uncertain_moment(sink, mia, kind, arrived):
    outbox.enqueue(kind, [mia], dedupe_key="1")
    Delivery.objects.update(state=State.SENDING, lease_until=timezone.now() - timedelta(seconds=1))
    sending.send_due()
    later(minutes=2)
    sending.send_due()
    assert len(sink.arrived) == arrived


def test_a_worker_that_lost_its_lease_sends_nothing(sink, mia):
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    (slow_workers_row,) = sending.claim()
    later(minutes=6)
    sending.settle_abandoned()
    (other_workers_row,) = sending.claim()
    assert marks.begin([(slow_workers_row, "Note")]) == set()
    assert marks.begin([(other_workers_row, "Note")]) == {other_workers_row.pk}


def test_a_step_that_is_written_again_holds_still(sink, mia, monkeypatch):
    """The commit arrived and the connection broke: nobody can tell, so it is written once more."""
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    (row,) = sending.claim()
    fixed = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(marks, "lease", lambda: fixed)
    claimed_until = row.lease_until
    assert marks.begin([(row, "Note")]) == {row.pk}
    row.lease_until = claimed_until
    assert marks.begin([(row, "Note")]) == {row.pk}
    ending = marks.Ending(row, State.SENT, provider_id="queue-1")
    marks.settle([ending])
    marks.settle([ending])
    kept = Delivery.objects.get()
    assert (kept.state, kept.provider_id, kept.lease_until) == ("sent", "queue-1", None)


def test_while_the_database_restarts_a_step_is_written_again(monkeypatch):
    """Not in a transaction, which the break has undone."""
    from django.db import OperationalError

    monkeypatch.setattr(persistence, "PAUSE", 0.0)
    monkeypatch.setattr(
        persistence, "connection", SimpleNamespace(in_atomic_block=False, close=lambda: None)
    )
    answers = [OperationalError("restarting"), OperationalError("starting up"), "written"]

    @persistence.persistently
    def write():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert write() == "written"


def test_whatever_kills_each_worker_does_not_do_so_for_ever(sink, mia):
    outbox.enqueue("paper", [mia], dedupe_key="1")
    Delivery.objects.update(state=State.SENDING, lease_until=timezone.now(), attempts=5)
    assert sending.settle_abandoned() == {"uncertain": 1}


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_five_workers_at_once_send_each_mail_once(sink, cohort):
    members = [MembershipFactory(cohort=cohort) for _ in range(60)]
    outbox.enqueue("note", members, dedupe_key="note:1")
    start = threading.Barrier(5)

    def work():
        start.wait()
        sending.send_due()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sink.addresses) == sorted(member.user.email for member in members)
    assert Delivery.objects.filter(state=State.SENT).count() == 60
