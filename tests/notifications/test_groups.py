"""Mail of a kind that goes in groups is noted and sent group by group."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import outbox, sending, services
from notifications.models import Delivery
from notifications.postbox import Postbox
from tests.factories import MembershipFactory
from tests.notifications.conftest import later

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
State = Delivery.State


def test_of_a_kind_that_goes_in_groups_each_group_asks_once(sink, cohort):
    def questions(count):
        members = [MembershipFactory(cohort=cohort) for _ in range(count)]
        outbox.enqueue("paper", members, dedupe_key=f"paper:{count}")
        with CaptureQueriesContext(connection) as asked:
            assert sending.send_due() == {"sent": count}
        return len(asked)

    questions(3)
    assert questions(9) - questions(6) == 1


def test_of_a_group_whose_worker_died_each_is_sent_once_more(sink, mia, theo):
    outbox.enqueue("paper", [mia, theo], dedupe_key="1")
    for _death in range(2):
        sending.claim()
        Delivery.objects.update(state=State.SENDING, lease_until=timezone.now())
        sending.settle_abandoned()
        later(minutes=2)
    assert sending.send_due() == {"sent": 2}
    assert sorted(sink.addresses) == sorted([mia.user.email, theo.user.email])


def test_what_was_not_handed_over_of_a_group_is_given_back(sink, mia, theo, fay):
    outbox.enqueue("paper", [mia, theo, fay], dedupe_key="1")
    sink.drop_after_data = True
    sending.send_due()
    assert sorted(Delivery.objects.values_list("state", "lease_until")) == [
        ("pending", None),
        ("pending", None),
        ("uncertain", None),
    ]


def test_of_a_group_that_takes_long_each_is_asked_anew(sink, mia, theo, monkeypatch):
    """Whoever switches it off while the first is handed over does not get it."""
    outbox.enqueue("paper", [mia, theo], dedupe_key="1")
    monkeypatch.setattr(sending, "GROUP_SECONDS", 0.0)
    hand_over = Postbox.hand_over

    def first_then_switch_off(postbox, message):
        services.switch_off(member=theo, topic="notes")
        return hand_over(postbox, message)

    monkeypatch.setattr(Postbox, "hand_over", first_then_switch_off)
    assert sending.send_due()["sent"] == 1
    assert sink.addresses == [mia.user.email]
