"""Due mail is put into words and sent, unless something changed since."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership
from notifications import outbox, registry, sending, services
from notifications.models import Delivery, Suppression
from notifications.registry import Kind, Skip
from tests.factories import MembershipFactory
from tests.notifications.conftest import later, states

pytestmark = pytest.mark.usefixtures("notes", "no_worker")


def test_due_mail_is_sent_over_one_connection(sink, mia, theo):
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1", target_pk=1)
    assert sending.send_due() == {"sent": 2}
    assert sorted(sink.addresses) == ["mia@example.org", "theo@example.org"]
    assert sink.connections == 1
    assert sending.send_due() == {}


def test_mail_is_not_sent_before_its_time(sink, mia):
    in_an_hour = timezone.now() + timedelta(hours=1)
    outbox.enqueue("note", [mia], dedupe_key="note:1", not_before=in_an_hour)
    assert sending.send_due() == {}
    later(minutes=61)
    assert sending.send_due() == {"sent": 1}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda mia: Membership.objects.filter(pk=mia.pk).update(left_at=timezone.now()), "left"),
        (lambda mia: type(mia.user).objects.update(is_active=False), "left"),
        (
            lambda mia: Membership.objects.filter(pk=mia.pk).update(norms_agreed_version=0),
            "not-welcomed",
        ),
        (lambda mia: services.switch_off(member=mia, topic="notes"), "switched-off"),
        (lambda mia: Suppression.objects.create(address=mia.user.email), "suppressed"),
        (lambda mia: type(mia.cohort).objects.update(archived_at=timezone.now()), "archived"),
        (lambda mia: later(minutes=3 * 24 * 60 + 1), "late"),
    ],
)
def test_what_changed_since_is_looked_at_before_sending(sink, mia, change, outcome):
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    change(mia)
    assert sending.send_due() == {"skipped": 1}
    assert (states(), sink.arrived) == ({"Mia": f"skipped {outcome}"}, [])


def test_switching_off_stops_what_is_composed_already(sink, mia, theo, monkeypatch):
    def switched_off_meanwhile(deliveries):
        services.switch_off(member=mia, topic="notes")
        return [(delivery, registry.Mail("s", "t", "h")) for delivery in deliveries]

    monkeypatch.setitem(
        registry.kinds, "note", Kind("note", "Note", switched_off_meanwhile, topic="notes")
    )
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    assert sending.send_due()["sent"] == 1
    assert states() == {"Mia": "skipped switched-off", "Theo": "sent"}


def test_the_name_a_server_gives_is_kept(sink, mia):
    sink.data_answer = "250 2.0.0 Ok: queued as 4F1BC2"
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.send_due()
    assert Delivery.objects.get().provider_id == "4F1BC2"


def test_what_a_server_says_may_hold_anything(sink, mia):
    sink.rcpt["mia@example.org"] = "554 no\x00thing"
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.send_due()
    assert states() == {"Mia": "failed 554 nothing"}


def test_what_waits_too_long_after_composing_is_composed_anew(sink, mia, theo, monkeypatch):
    monkeypatch.setattr(sending, "FRESH_SECONDS", 0.0)
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    assert sending.send_due(0.5) == {}
    assert sink.arrived == []
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}


def test_a_composer_that_fails_on_one_holds_up_only_that_one(sink, mia, theo, monkeypatch):
    def fails_for_theo(deliveries):
        for delivery in deliveries:
            if delivery.recipient == theo:
                raise ValueError("broken")
            yield delivery, Skip("looked at")

    monkeypatch.setitem(registry.kinds, "note", Kind("note", "Note", fails_for_theo))
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    sending.send_due()
    assert states() == {"Mia": "skipped looked at", "Theo": "pending not-composed"}


def test_a_kind_of_a_newer_release_waits(sink, mia, monkeypatch):
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    monkeypatch.delitem(registry.kinds, "note")
    sending.send_due()
    assert states() == {"Mia": "pending unknown-kind"}


def test_single_mail_goes_before_bulk(mia, theo, monkeypatch):
    monkeypatch.setitem(registry.kinds, "bulk", Kind("bulk", "Bulk", lambda d: [], is_bulk=True))
    yesterday = timezone.now() - timedelta(days=1)
    outbox.enqueue("bulk", [mia], dedupe_key="bulk", not_before=yesterday)
    outbox.enqueue("note", [theo], dedupe_key="note")
    assert [delivery.kind for delivery in sending.claim()] == ["note", "bulk"]


def test_a_batch_of_five_asks_what_a_batch_of_one_asks_but_for_noting_each(sink, cohort):
    def questions(count):
        members = [MembershipFactory(cohort=cohort) for _ in range(count)]
        outbox.enqueue("note", members, dedupe_key=f"note:{count}")
        with CaptureQueriesContext(connection) as asked:
            sending.send_due()
        return len(asked)

    questions(1)
    # For each mail one: that it begins, and what became of the one before it.
    assert questions(5) - questions(2) == 3
