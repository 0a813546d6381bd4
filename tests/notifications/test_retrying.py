import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cohort.models import AuditEntry
from notifications import outbox, registry, sending
from notifications.models import Delivery
from notifications.registry import Kind
from notifications.retrying import retriable, retry
from tests.notifications.conftest import compose_notes

pytestmark = pytest.mark.usefixtures("notes", "no_worker")


def failed(member, **fields) -> Delivery:
    outbox.enqueue("note", [member], dedupe_key=f"note:{member.pk}")
    Delivery.objects.filter(recipient=member).update(
        state="failed",
        reason="expired: 451 Busy",
        attempts=4,
        settled_at=timezone.now(),
        expires_at=timezone.now() - timedelta(days=1),
        **fields,
    )
    return Delivery.objects.get(recipient=member)


def test_what_failed_is_sent_after_all_once_and_under_its_name(sink, mia, fay):
    delivery = failed(mia)
    assert [retry(Delivery.objects.all(), by=fay) for _time in range(3)] == [1, 0, 0]
    assert sending.send_due() == {"sent": 1}
    assert sending.send_due() == {}
    assert sink.addresses == ["mia@example.org"]
    assert delivery.message_id.encode() in sink.arrived[0][1]
    assert list(AuditEntry.objects.values_list("action", "actor_name", "details")) == [
        ("mail.retried", "Fay", {"mails": 1})
    ]


@pytest.mark.parametrize("state", ["sent", "skipped", "uncertain", "pending", "claimed", "sending"])
def test_nothing_else_is_ever_sent_again(sink, mia, fay, state):
    failed(mia)
    Delivery.objects.update(state=state, lease_until=timezone.now() + timedelta(hours=1))
    assert retry(Delivery.objects.all(), by=fay) == 0
    assert Delivery.objects.get().state == state


def test_what_is_of_no_use_late_stays_failed(sink, mia, fay, monkeypatch):
    timely = Kind("note", "Note", compose_notes, topic="notes", is_of_use_late=False)
    monkeypatch.setitem(registry.kinds, "note", timely)
    failed(mia)
    assert retry(Delivery.objects.all(), by=fay) == 0
    Delivery.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert retriable(Delivery.objects.all()).count() == 1


def test_what_changed_since_holds_for_a_retry_too(sink, mia, fay):
    failed(mia)
    retry(Delivery.objects.all(), by=fay)
    mia.user.is_active = False
    mia.user.save()
    assert sending.send_due() == {"skipped": 1}
    assert sink.arrived == []


def test_of_a_mail_that_may_have_arrived_before_it_expired_nobody_says_it_failed(sink, mia, fay):
    sink.drop_after_data = True
    soon = timezone.now() + timedelta(seconds=30)
    outbox.enqueue("summons", [mia], dedupe_key="summons", expires_at=soon)
    assert sending.send_due() == {"uncertain": 1}
    assert retry(Delivery.objects.all(), by=fay) == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_try_at_once_retry_once(mia, fay):
    failed(mia)
    start, counts = threading.Barrier(2), []

    def press():
        start.wait()
        counts.append(retry(Delivery.objects.all(), by=fay))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]
