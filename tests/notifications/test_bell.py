import pytest

from notifications import bell, reach, registry
from notifications.models import Choices, Delivery, Entry, Way
from notifications.registry import Kind, Line, Topic


@pytest.fixture
def news(monkeypatch):
    """A kind that describes what has an even key, and nothing else, as if the rest were gone."""

    def describe(entries):
        return {
            entry.pk: Line(title=f"{len(entry.items)} for {entry.member}", url="/there/")
            for entry in entries
            if all(item % 2 == 0 for item in entry.items)
        }

    kind = Kind("news", "News", lambda deliveries: [], topic="news", describe=describe)
    monkeypatch.setitem(registry.topics, "news", Topic("news", "News", "What is new."))
    monkeypatch.setitem(registry.kinds, "news", kind)


def told(*members, items, group="thing:1", **more):
    return reach.tell("news", members, dedupe_key=f"news:{items}", group=group, items=items, **more)


def rows():
    return list(Entry.objects.order_by("pk").values_list("member", "group", "items"))


def test_news_of_one_thing_gather_until_they_are_read(news, mia):
    told(mia, items=[2])
    told(mia, items=[4])
    told(mia, items=[2])
    assert rows() == [(mia.pk, "thing:1", [2, 4])]
    assert bell.seen(mia, "thing:1") == 1
    told(mia, items=[6])
    assert rows() == [(mia.pk, "thing:1", [2, 4]), (mia.pk, "thing:1", [6])]
    assert bell.unread_count(mia) == 1


def test_what_comes_again_comes_up_again_and_what_was_told_already_does_not(news, mia):
    told(mia, items=[2])
    first = Entry.objects.get().at
    told(mia, items=[2])
    assert Entry.objects.get().at == first
    told(mia, items=[4])
    assert Entry.objects.get().at > first


def test_a_line_keeps_the_latest_hundred(news, mia):
    told(mia, items=range(80))
    told(mia, items=range(80, 160))
    assert Entry.objects.get().items == list(range(60, 160))


def test_each_way_is_for_who_wants_it(news, mia, theo, fay):
    Choices.objects.create(member=mia, switched=["news:bell"])
    Choices.objects.create(member=theo, switched=["news:mail"])
    told(mia, theo, fay, items=[2])
    assert {member for member, _group, _items in rows()} == {theo.pk, fay.pk}
    assert Delivery.objects.filter(way=Way.MAIL).count() == 3  # asked again when it goes


def test_one_way_alone(news, mia):
    assert told(mia, items=[2], ways={Way.BELL}) == 0
    assert (Entry.objects.count(), Delivery.objects.count()) == (1, 0)
    assert told(mia, items=[4], ways={Way.MAIL}) == 1
    assert (Entry.objects.get().items, Delivery.objects.count()) == ([2], 1)


def test_without_a_group_there_is_no_line(news, mia):
    told(mia, items=[2], group="")
    assert (Entry.objects.count(), Delivery.objects.count()) == (0, 1)


def test_lines_are_described_when_they_are_shown(news, mia):
    told(mia, items=[2, 4])
    told(mia, items=[3], group="thing:2")
    entries = list(bell.entries_of(mia).select_related("member__user"))
    assert bell.lines_of(entries) == {
        entries[1].pk: Line(title=f"2 for {mia}", url="/there/"),
    }


def test_what_may_not_be_seen_any_more_goes(news, mia, theo):
    told(mia, theo, items=[3])
    told(mia, items=[2], group="thing:2")
    assert bell.look_again(["thing:1"]) == 2
    assert rows() == [(mia.pk, "thing:2", [2])]
    told(mia, items=[5], group="thing:3")
    assert bell.look_again(member=mia) == 1
    assert rows() == [(mia.pk, "thing:2", [2])]
