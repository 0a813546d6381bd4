"""What facets are counted by is kept, and nobody has another's."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.models import Audience
from resources import changes
from resources.models import Resource
from resources.queries import kept_facets as kept
from resources.services import edit_resource
from tests.factories import ResourceFactory
from tests.resources.facets import kinds

pytestmark = pytest.mark.django_db


def test_who_sees_the_same_looks_through_it_once(cast, add, built):
    add(cast.mia, kind="slides")

    assert kinds(cast.mia) == kinds(cast.theo) == {"slides": 1}
    assert kinds(cast.mia, kind="article") == {"slides": 1}
    assert kinds(cast.mia, sort="used", q="the") == {"slides": 1}
    assert built == [cast.mia]


def test_a_change_is_looked_at_alone(cast, add, committed, built):
    ResourceFactory.create_batch(3, cohort=cast.cohort, added_by=cast.mia, kind="article")
    assert kinds(cast.mia) == {"article": 3}
    with committed():
        add(cast.mia, kind="slides")

    with CaptureQueriesContext(connection) as asked:
        assert kinds(cast.mia) == {"article": 3, "slides": 1}
    assert len(asked) == 2
    with CaptureQueriesContext(connection) as asked:
        assert kinds(cast.theo) == {"article": 3, "slides": 1}
    assert not asked.captured_queries
    assert built == [cast.mia]


def test_each_sees_counts_of_what_they_see(cast, add, committed):
    def each():
        return [kinds(getattr(cast, who)) for who in ("mia", "tia", "obi", "fay", "olga")]

    assert each() == [{}] * 5
    with committed():
        add(cast.mia, kind="slides", audience=Audience.TEAM)
        add(cast.mia, kind="article", audience=Audience.FACILITATORS)
        last = add(cast.mia, kind="template")
    assert each() == [
        {"slides": 1, "template": 1}, {"template": 1}, {"template": 1},
        {"slides": 1, "article": 1, "template": 1}, {},
    ]  # fmt: skip
    with committed():
        edit_resource(
            resource=last, editor=cast.mia, title="Ours now", kind="template",
            url=last.url, themes=[], audience=Audience.TEAM,
        )  # fmt: skip
    assert each()[1:3] == [{}, {}]


def test_the_counts_of_a_team_go_when_its_member_goes(cast, add):
    add(cast.mia, kind="slides", audience=Audience.TEAM)
    assert kinds(cast.mia) == {"slides": 1}

    cast.mia.team = cast.tia.team
    cast.mia.save()

    assert kinds(cast.mia) == {}


def test_some_are_counted_of_what_one_sees(cast, add):
    hidden = add(cast.tia, kind="slides", audience=Audience.TEAM)
    shown = add(cast.mia, kind="template")
    add(cast.mia, kind="article")

    assert kinds(cast.mia, among=[hidden.pk, shown.pk, 0, 10**9]) == {"template": 1}
    assert kinds(cast.mia, among=[]) == {}


def test_one_older_than_all_that_was_seen_comes_in(cast, add, committed):
    older = add(cast.mia, kind="slides", audience=Audience.FACILITATORS)
    add(cast.mia, kind="article")
    assert kinds(cast.mia) == {"article": 1}
    with committed():
        edit_resource(
            resource=older, editor=cast.fay, title="For all", kind="slides", url=older.url,
            themes=[], audience=Audience.COHORT,
        )  # fmt: skip
    assert kinds(cast.mia) == {"article": 1, "slides": 1}
    assert kinds(cast.mia, among=[older.pk]) == {"slides": 1}


def test_what_changes_while_one_looks_is_told_at_the_next_look(cast, add, committed, monkeypatch):
    look = kept._all_of

    def looked_before(member):
        sets = look(member)
        with committed():
            add(cast.mia, kind="slides")
        return sets

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(kept, "_all_of", looked_before)
        assert kinds(cast.mia) == {}
    assert kinds(cast.mia) == {"slides": 1}


@pytest.mark.parametrize("lost", ["the change", "its number", "everything"])
def test_a_change_that_the_cache_lost_is_found_by_looking_through_all(
    cast, add, committed, built, lost
):
    assert kinds(cast.mia) == {}
    with committed():
        add(cast.mia, kind="slides")
    number_at = changes.number_key(cast.cohort.pk)
    number = cache.get(number_at)
    if lost == "the change":
        cache.delete(changes._change_key(cast.cohort.pk, number))
    elif lost == "its number":
        assert kinds(cast.mia) == {"slides": 1}
        cache.delete(number_at)
        with committed():
            add(cast.mia, kind="slides")
    else:
        cache.clear()

    assert kinds(cast.mia) == {"slides": 2 if lost == "its number" else 1}
    assert len(built) > 1


def test_after_very_many_changes_all_is_looked_through(cast, committed, built):
    assert kinds(cast.mia) == {}
    with committed():
        ResourceFactory.create_batch(changes.MOST_ONE_BY_ONE + 1, cohort=cast.cohort, kind="slides")
    assert kinds(cast.mia) == {"slides": changes.MOST_ONE_BY_ONE + 1}
    assert len(built) == 2


def test_without_a_cache_all_is_looked_through(cast, add, committed, away, caplog):
    with away():
        with committed():
            add(cast.mia, kind="slides")
        assert kinds(cast.mia) == {"slides": 1}
    assert "A change of the library is told later" in caplog.text
    assert "No facets are kept now" in caplog.text


def test_what_changed_while_the_cache_was_away_is_told_when_it_is_back(cast, add, committed, away):
    with committed():
        resource = add(cast.mia, kind="slides")
    assert kinds(cast.obi) == {"slides": 1}
    with away(), committed():
        edit_resource(
            resource=resource, editor=cast.mia, title="Not for all", kind="slides", themes=[],
            audience=Audience.FACILITATORS,
        )  # fmt: skip

    assert kinds(cast.obi) == {}


def test_nothing_is_kept_for_longer_for_being_told_of_changes(cast, add, committed, built):
    add(cast.mia, kind="slides")
    start = datetime(2026, 3, 2, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert kinds(cast.mia) == {"slides": 1}
        # As if somebody had forgotten to tell.
        Resource.objects.update(kind="article")
        clock.shift(kept.KEPT - 5)
        with committed():
            add(cast.mia, kind="template")
        assert kinds(cast.mia) == {"slides": 1, "template": 1}
        clock.shift(10)
        assert kinds(cast.mia) == {"article": 1, "template": 1}


def test_what_is_no_longer_as_it_was_kept_is_kept_under_another_name(cast, monkeypatch):
    before = kept._sets_key(cast.mia)
    monkeypatch.setattr(kept, "SHAPE", kept.SHAPE + 1)
    assert kept._sets_key(cast.mia) != before
