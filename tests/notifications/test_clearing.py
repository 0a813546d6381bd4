from datetime import UTC, datetime, timedelta

import pytest

from notifications import clearing, outbox
from notifications.models import Bounce, Delivery, Tally

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)


def settled(members, key: str, state: str, days_ago: int) -> None:
    outbox.enqueue("note", members, dedupe_key=key)
    rows = Delivery.objects.filter(dedupe_key__startswith=key)
    rows.update(state=state, settled_at=NOW - timedelta(days=days_ago))


def tallies() -> set[tuple]:
    return set(Tally.objects.values_list("day", "way", "kind", "state", "count"))


def test_what_was_settled_long_ago_is_counted_and_goes(mia, theo, cohort):
    settled([mia, theo], "old", "sent", 200)
    settled([mia], "older", "skipped", 200)
    settled([mia], "young", "sent", 179)
    outbox.enqueue("note", [mia], dedupe_key="waits")
    day = (NOW - timedelta(days=200)).date()

    assert clearing.clear_old(NOW) == 3
    assert tallies() == {(day, "mail", "note", "sent", 2), (day, "mail", "note", "skipped", 1)}
    assert sorted(Delivery.objects.values_list("dedupe_key", flat=True)) == [
        f"waits:{mia.pk}",
        f"young:{mia.pk}",
    ]
    assert clearing.clear_old(NOW) == 0


def test_counts_of_a_day_add_up_over_nights_and_batches(mia, theo, fay, monkeypatch):
    monkeypatch.setattr(clearing, "ROWS_AT_ONCE", 2)
    settled([mia, theo, fay], "first", "sent", 200)
    clearing.clear_old(NOW)
    settled([mia], "second", "sent", 200)
    clearing.clear_old(NOW)
    assert [count for *_key, count in tallies()] == [4]


def test_old_bounces_are_forgotten(db):
    Bounce.objects.create(address="a@example.org", kind="soft", event="1", at=NOW - timedelta(366))
    Bounce.objects.create(address="a@example.org", kind="soft", event="2", at=NOW)
    clearing.clear_old(NOW)
    assert list(Bounce.objects.values_list("event", flat=True)) == ["2"]
