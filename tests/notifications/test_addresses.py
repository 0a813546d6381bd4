import threading

import pytest
from django.db import connection

from cohort.models import AuditEntry
from notifications import addresses, outbox, sending
from notifications.models import Bounce, Delivery, Suppression

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
MIA = "mia@example.org"


def stopped() -> list[tuple[str, str, str]]:
    return list(Suppression.objects.values_list("address", "reason", "detail"))


def test_the_third_hard_bounce_stops_mail_to_an_address(db):
    told = [addresses.note_bounce("Mia@Example.org", "hard", f"550 no. {n}") for n in range(3)]
    assert [bool(suppression) for suppression in told] == [False, False, True]
    assert stopped() == [(MIA, "bounced", "550 no. 2")]


def test_one_complaint_stops_it_at_once(db):
    addresses.note_bounce(MIA, "complaint", "abuse")
    assert stopped() == [(MIA, "complained", "abuse")]


def test_soft_bounces_are_only_counted(db):
    for _time in range(20):
        addresses.note_bounce(MIA, "soft", "451 full")
    assert (Bounce.objects.count(), stopped()) == (20, [])


def test_a_report_told_again_counts_once(db):
    for _time in range(5):
        addresses.note_bounce(MIA, "hard", "550", event="provider:1")
    assert (Bounce.objects.count(), stopped()) == (1, [])


def test_an_unknown_kind_is_an_error(db):
    with pytest.raises(ValueError):
        addresses.note_bounce(MIA, "odd", "")


def test_what_a_server_says_is_kept_on_one_short_line(db):
    addresses.note_bounce(MIA, "soft", "550 no\r\nsuch\tuser " + "x" * 500)
    kept = Bounce.objects.get().detail
    assert (kept[:18], len(kept)) == ("550 no such user x", 200)


def test_a_stopped_address_gets_nothing_and_the_log_says_why(sink, mia, theo):
    addresses.note_bounce(MIA, "complaint", "abuse")
    outbox.enqueue("note", [mia, theo], dedupe_key="note:1")
    sending.send_due()
    assert sink.addresses == ["theo@example.org"]
    assert Delivery.objects.get(recipient=mia).reason == "suppressed"


def test_tried_again_it_gets_mail_and_three_bounces_more(sink, mia, fay):
    for _time in range(3):
        addresses.note_bounce(MIA, "hard", "550")
    assert addresses.try_again(MIA, by=fay) is True
    assert addresses.try_again(MIA, by=fay) is False
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.send_due()
    assert sink.addresses == [MIA]
    assert list(AuditEntry.objects.values_list("action", "actor_name", "details")) == [
        ("address.tried_again", "Fay", {"reason": "bounced"})
    ]
    for _time in range(2):
        addresses.note_bounce(MIA, "hard", "550")
    assert stopped() == []


@pytest.mark.django_db(transaction=True)
def test_three_reports_at_once_count_to_three():
    start = threading.Barrier(3)

    def report():
        start.wait()
        addresses.note_bounce(MIA, "hard", "550")
        connection.close()

    threads = [threading.Thread(target=report) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stopped() == [(MIA, "bounced", "550")]
