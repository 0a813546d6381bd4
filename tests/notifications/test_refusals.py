"""Addresses that are refused, and servers that are away."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.utils import timezone

from notifications import outages, outbox, sending
from notifications.models import Bounce, Delivery, Outage
from tests.notifications.conftest import later, states

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
State = Delivery.State


def test_one_refused_address_does_not_hold_up_the_others(sink, mia, theo, fay):
    sink.rcpt["theo@example.org"] = "550 No such user"
    outbox.enqueue("note", [mia, theo, fay], dedupe_key="note:1")
    sending.send_due()
    assert states() == {"Mia": "sent", "Theo": "failed 550 No such user", "Fay": "sent"}


def test_a_temporary_refusal_is_tried_again_with_the_same_message_id(sink, mia):
    sink.rcpt["mia@example.org"] = "451 Try again"
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    fixed = Delivery.objects.get().message_id
    waits = []
    for _attempt in range(4):
        assert sending.send_due() == {"pending": 1}
        waits.append(round((Delivery.objects.get().not_before - timezone.now()).seconds / 60))
        later(minutes=waits[-1] + 0.1)
    assert waits == [1, 5, 15, 60]
    sink.rcpt.clear()
    assert sending.send_due() == {"sent": 1}
    assert message_from_bytes(sink.arrived[0][1])["Message-ID"] == fixed


def test_a_temporary_refusal_ends_when_the_mail_expires(sink, mia):
    sink.rcpt["mia@example.org"] = "451 Try again"
    soon = timezone.now() + timedelta(seconds=30)
    outbox.enqueue("note", [mia], dedupe_key="note:1", expires_at=soon)
    assert sending.send_due() == {"failed": 1}
    assert states() == {"Mia": "failed expired: 451 Try again"}


def test_a_refused_sender_is_not_held_against_the_recipient(sink, mia, monkeypatch):
    async def refuse(server, session, envelope, address, options):
        return "550 Sender not allowed"

    monkeypatch.setattr(sink, "handle_MAIL", refuse, raising=False)
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.send_due()
    assert Delivery.objects.get().state == State.PENDING


def test_a_server_that_is_away_wears_no_mail_out(settings, sink, mia, theo):
    settings.EMAIL_PORT = 1  # nobody listens there
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    assert sending.send_due() == {}
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert outages.may_try() is False

    settings.EMAIL_PORT = sink.port
    Outage.objects.update(retry_at=timezone.now())
    assert sending.send_due() == {"sent": 2}
    assert outages.current() is None


def test_in_an_outage_one_worker_tries_at_a_time(db):
    outages.note_down("away")
    Outage.objects.update(retry_at=timezone.now())
    assert [outages.may_try(), outages.may_try()] == [True, False]


def test_each_failed_try_waits_longer(db):
    waits = []
    for _try in range(6):
        outages.note_down("away")
        waits.append(round((outages.current().retry_at - timezone.now()).total_seconds()))
    assert waits == [15, 30, 60, 120, 300, 300]


def test_a_mailbox_that_does_not_exist_counts_as_a_bounce(sink, mia, theo):
    sink.rcpt["mia@example.org"] = "550 5.1.1 No such user"
    sink.rcpt["theo@example.org"] = "550 5.7.1 We take nothing from you"
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    sending.send_due()
    assert [(bounce.address, bounce.kind) for bounce in Bounce.objects.all()] == [
        ("mia@example.org", "hard")
    ]
