import threading
from datetime import timedelta
from email import message_from_bytes
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership
from notifications import marks, outages, outbox, persistence, registry, sending, services
from notifications.models import Bounce, Delivery, Outage, Suppression
from notifications.postbox import Postbox
from notifications.registry import Kind, Skip
from tests.factories import MembershipFactory

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
State = Delivery.State


def states() -> dict[str, str]:
    """What became of whose mail, and why."""
    rows = Delivery.objects.select_related("recipient__user")
    return {str(row.recipient): f"{row.state} {row.reason}".strip() for row in rows}


def later(minutes: float) -> None:
    """Time passes for everything in the outbox."""
    for row in Delivery.objects.all():
        for name in ("not_before", "expires_at", "lease_until"):
            if moment := getattr(row, name):
                setattr(row, name, moment - timedelta(minutes=minutes))
        row.save()
    Outage.objects.update(retry_at=timezone.now())


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


def test_a_mailbox_that_does_not_exist_counts_as_a_bounce(sink, mia, theo):
    sink.rcpt["mia@example.org"] = "550 5.1.1 No such user"
    sink.rcpt["theo@example.org"] = "550 5.7.1 We take nothing from you"
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    sending.send_due()
    assert [(bounce.address, bounce.kind) for bounce in Bounce.objects.all()] == [
        ("mia@example.org", "hard")
    ]


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


def test_whatever_kills_each_worker_does_not_do_so_for_ever(sink, mia):
    outbox.enqueue("paper", [mia], dedupe_key="1")
    Delivery.objects.update(state=State.SENDING, lease_until=timezone.now(), attempts=5)
    assert sending.settle_abandoned() == {"uncertain": 1}


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
