from django.db import transaction

from notifications import outbox, tasks
from notifications.models import Delivery


def test_enqueue_writes_one_row_for_each_recipient_once(notes, mia, theo):
    for _again in range(2):
        outbox.enqueue("note", [mia, theo], dedupe_key="note:7", target_pk=7)
    assert set(Delivery.objects.values_list("dedupe_key", "recipient", "cohort", "target_pk")) == {
        (f"note:7:{mia.pk}", mia.pk, mia.cohort_id, 7),
        (f"note:7:{theo.pk}", theo.pk, theo.cohort_id, 7),
    }


def test_each_mail_has_its_own_message_id_from_the_start(notes, mia, theo, settings):
    outbox.enqueue("note", [mia, theo], dedupe_key="note:7")
    ids = list(Delivery.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == 2
    assert all(one.endswith(f"@{settings.MAIL_DOMAIN}>") for one in ids)


def test_every_mail_expires(notes, mia):
    outbox.enqueue("note", [mia], dedupe_key="note:7")
    delivery = Delivery.objects.get()
    assert (delivery.expires_at - delivery.not_before).days == 3


def test_a_transaction_that_fails_sends_nothing(notes, mia, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as pokes:
        try:
            with transaction.atomic():
                outbox.enqueue("note", [mia], dedupe_key="note:7")
                raise RuntimeError
        except RuntimeError:
            pass
    assert (Delivery.objects.count(), pokes) == (0, [])


def test_the_worker_is_told_once_for_a_transaction(
    notes, mia, theo, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as pokes, transaction.atomic():
        outbox.enqueue("note", [mia], dedupe_key="note:7")
        outbox.enqueue("note", [theo], dedupe_key="note:8")
    assert pokes == [tasks.poke]


def test_without_redis_the_row_is_kept(notes, mia, settings, caplog, monkeypatch):
    def fails(*args, **kwargs):
        raise ConnectionError("no Redis")

    monkeypatch.setattr(tasks.send_due, "apply_async", fails)
    outbox.enqueue("note", [mia], dedupe_key="note:7")
    tasks.poke()
    assert Delivery.objects.count() == 1
    assert "could not be told" in caplog.text
