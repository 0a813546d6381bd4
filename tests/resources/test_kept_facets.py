"""What facets are counted by is kept, told of every change, and nobody has another's."""

import random

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisIsAway

from cohort.models import Audience, Theme
from resources import changes
from resources.models import Resource
from resources.queries import kept_facets as kept
from resources.queries.facets import FACETS, narrowed
from resources.services import edit_resource, remove_resource
from tests.factories import ResourceFactory, SessionFactory

KINDS = ["slides", "article", "template"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed():` what is done within is told when it ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def built(monkeypatch):
    """For whom all was looked through."""
    members = []
    look = kept._all_of

    def looking(member):
        members.append(member)
        return look(member)

    monkeypatch.setattr(kept, "_all_of", looking)
    return members


def kinds(member, among=None, **chosen):
    return kept.facet_counts(member, chosen, among).get("kind", {})


def counted_by_hand(member, chosen):
    """The same counts, each a query of its own."""
    counts = {}
    seen = Resource.objects.visible_to(member)
    values = {
        "kind": KINDS,
        "team": member.cohort.teams.all(),
        "sector": {org.sector for org in member.cohort.organizations.all()},
        "type": ["application/pdf", "link"],
        "language": ["en", "es"],
        "year": [2025, 2026],
        "theme": Theme.objects.all()[:4],
        "session": member.cohort.learningsessions.all(),
    }
    assert set(values) == set(FACETS)
    for facet, each in values.items():
        for value in each:
            asked = {**chosen, facet: getattr(value, "pk", value) if facet == "session" else value}
            if count := narrowed(seen, asked, member).count():
                counts.setdefault(facet, {})[str(getattr(value, "pk", value))] = count
    return counts


class Library:
    """A library that somebody changes at random."""

    def __init__(self, cast, add, seed):
        self.cast, self.add, self.dice = cast, add, random.Random(seed)
        self.themes = list(Theme.objects.all()[:4])
        self.sessions = SessionFactory.create_batch(2, cohort=cast.cohort)
        self.members = [cast.mia, cast.theo, cast.tia, cast.fay]

    def step(self):
        self.dice.choice([self.put, self.put, self.edit, self.remove, self.use, self.around])()

    def put(self):
        self.add(
            self.dice.choice(self.members[:3]),
            kind=self.dice.choice(KINDS),
            audience=self.dice.choice([Audience.COHORT, Audience.TEAM, Audience.FACILITATORS]),
            themes=self.dice.sample(self.themes, 2),
            language=self.dice.choice(["en", "es", ""]),
            **self.dice.choice([{}, {"url": "https://example.org/"}]),
        )

    def edit(self):
        if one := self.one():
            one.created_at = one.created_at.replace(year=self.dice.choice([2025, 2026]))
            one.save()
            edit_resource(
                resource=one, editor=self.cast.fay, title="New",
                kind=self.dice.choice(KINDS), url=one.url,
                themes=self.dice.sample(self.themes, 2),
            )  # fmt: skip

    def remove(self):
        if one := self.one():
            remove_resource(resource=one, actor=self.cast.fay)

    def use(self):
        if one := self.one():
            session = self.dice.choice(self.sessions)
            self.dice.choice([session.resources.add, session.resources.remove])(one)

    def around(self):
        member, organization = self.dice.choice(self.members[:3]), self.cast.organization
        member.team = self.dice.choice([self.cast.team, self.cast.other_team])
        member.organization = self.dice.choice([organization, None])
        member.save()
        organization.sector = self.dice.choice(["chamber", "school"])
        organization.save()

    def one(self):
        return Resource.objects.order_by("?").first() if self.dice.random() < 0.9 else None


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_the_counts_are_those_of_the_rows(cast, add, committed, built, seed):
    library = Library(cast, add, seed)
    readers = [cast.mia, cast.tia, cast.fay, cast.obi]
    looks = 0
    for _look in range(8):
        with committed():
            for _step in range(3):
                library.step()
        for reader in readers:
            reader.refresh_from_db()
            looks += 1
            counts = kept.facet_counts(reader, {})
            assert counts == counted_by_hand(reader, {})
            facet = library.dice.choice(sorted(counts) or ["kind"])
            value = library.dice.choice(sorted(counts.get(facet, ["slides"])))
            chosen = {facet: Theme.objects.get(pk=value) if facet == "theme" else value}
            assert kept.facet_counts(reader, chosen) == counted_by_hand(reader, chosen)
    assert len(built) < looks


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
    number_at = changes.number_name(cast.cohort.pk)
    number = cache.get(number_at)
    if lost == "the change":
        cache.delete(changes._name(cast.cohort.pk, number))
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
        ResourceFactory.create_batch(changes.MOST + 1, cohort=cast.cohort, kind="slides")
    assert kinds(cast.mia) == {"slides": changes.MOST + 1}
    assert len(built) == 2


def test_without_a_cache_all_is_looked_through(cast, add, committed, monkeypatch, caplog):
    def is_away(*_asked, **_options):
        raise RedisIsAway

    for way in ("get_many", "set", "add", "incr"):
        monkeypatch.setattr(cache, way, is_away)
    with committed():
        add(cast.mia, kind="slides")

    assert kinds(cast.mia) == {"slides": 1}
    assert "A change of the library is seen later" in caplog.text
    assert "No facets are kept now" in caplog.text
