import pytest
from django.utils import timezone

from notifications import outbox, queries, restoring, sending
from notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("notes", "no_worker")


def test_the_delivery_log_speaks_in_words(mia, fay, cohort):
    outbox.enqueue("note", [mia, fay], dedupe_key="1")
    Delivery.objects.filter(recipient=mia).update(state="skipped", reason="switched-off")
    Delivery.objects.filter(recipient=fay).update(state="failed", reason="expired: 451 Busy")
    lines = queries.log_lines(queries.delivery_log(cohort))
    assert {(line.kind, line.recipient, line.state, line.why) for line in lines} == {
        ("Note", "Mia", "Not sent", "Switched this mail off"),
        ("Note", "Fay", "Failed", "The mail server did not take it in time (451 Busy)"),
    }


def test_the_delivery_log_is_one_cohorts_and_can_be_filtered(mia, olga, cohort):
    outbox.enqueue("note", [mia, olga], dedupe_key="1")
    outbox.enqueue("summons", [mia], dedupe_key="2")
    log = queries.delivery_log
    assert log(cohort).count() == 2
    assert log(cohort, kind="note").get().recipient == mia
    assert [log(cohort, words=words).count() for words in ("mi", "olga")] == [2, 0]
    assert log(cohort, state="sent").count() == 0


def test_after_a_restore_nothing_that_was_waiting_is_sent(mia, mailoutbox):
    outbox.enqueue("note", [mia], dedupe_key="1")
    outbox.enqueue("note", [mia], dedupe_key="2")
    Delivery.objects.filter(dedupe_key__startswith="2").update(state="sending")
    assert restoring.count_as_sent(timezone.now()) == 2
    sending.send_due()
    assert mailoutbox == []
    assert set(Delivery.objects.values_list("state", "reason")) == {("skipped", "restored")}
