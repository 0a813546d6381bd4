"""Whatever changes what the library is counted by is told to what is kept."""

import random

import pytest
from django.core.cache import cache
from django.core.management import call_command

from cohort.models import Audience, Theme
from resources.models import Resource
from resources.queries import kept_facets as kept
from resources.queries.facets import FACETS, narrowed
from resources.services import edit_resource, remove_resource
from tests.factories import MembershipFactory, SessionFactory
from tests.resources.facets import kinds

KINDS = ["slides", "article", "template"]
pytestmark = pytest.mark.django_db


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


def gone_member(cast, themes):
    cast.mia.delete()


def gone_team(cast, themes):
    cast.other_team.delete()


def gone_organization(cast, themes):
    cast.organization.delete()


def gone_theme(cast, themes):
    themes["leaders"].delete()


def moved_theme(cast, themes):
    themes["leaders"].parent = themes["drivers"]
    themes["leaders"].save()


def moved_sector(cast, themes):
    cast.organization.sector = "chamber"
    cast.organization.save()


def given_theme(cast, themes):
    Resource.objects.latest("pk").themes.add(themes["drivers"])


def taken_theme(cast, themes):
    Resource.objects.latest("pk").themes.remove(themes["leaders"])


def cleared_session(cast, themes):
    cast.cohort.learningsessions.get().resources.clear()


def migrated(cast, themes):
    Resource.objects.filter(kind="slides").update(kind="article")
    call_command("migrate", "resources", verbosity=0)


@pytest.mark.parametrize(
    "change",
    [
        gone_member, gone_team, gone_organization, gone_theme, moved_theme, moved_sector,
        given_theme, taken_theme, cleared_session, migrated,
    ],
)  # fmt: skip
def test_what_a_resource_is_counted_by_may_change_around_it(cast, add, themes, committed, change):
    with committed():
        add(cast.mia, kind="slides")
        last = add(cast.tia, kind="article", audience=Audience.TEAM)
        SessionFactory(cohort=cast.cohort).resources.add(last)
    before = kept.facet_counts(cast.fay, {})
    with committed():
        change(cast, themes)

    after = kept.facet_counts(cast.fay, {})

    assert after != before
    cache.clear()
    assert after == kept.facet_counts(cast.fay, {})


def test_a_theme_is_that_of_every_cohort(cast, add, themes, committed):
    with committed():
        add(cast.olga, kind="slides")
    assert kept.facet_counts(cast.olga, {})["theme"] == {str(themes["leaders"].pk): 1}
    with committed():
        moved_theme(cast, themes)
    assert str(themes["drivers"].pk) in kept.facet_counts(cast.olga, {})["theme"]


def test_what_counts_for_nothing_is_not_told(cast, add, committed, built):
    add(cast.mia, kind="slides")
    kinds(cast.mia)
    with committed():
        cast.mia.norms_agreed_version = 7
        cast.mia.save(update_fields=["norms_agreed_version"])
        cast.team.purpose = "Careers"
        cast.team.save()
        MembershipFactory(cohort=cast.cohort)
    kinds(cast.mia)
    assert built == [cast.mia]
