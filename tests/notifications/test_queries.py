import pytest
from django.utils import timezone

from notifications import outbox, restoring, sending
from notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("notes", "no_worker")


def test_after_a_restore_nothing_that_was_waiting_is_sent(mia, mailoutbox):
    outbox.enqueue("note", [mia], dedupe_key="1")
    outbox.enqueue("note", [mia], dedupe_key="2")
    Delivery.objects.filter(dedupe_key__startswith="2").update(state="sending")
    assert restoring.count_as_sent(timezone.now()) == 2
    sending.send_due()
    assert mailoutbox == []
    assert set(Delivery.objects.values_list("state", "reason")) == {("skipped", "restored")}
