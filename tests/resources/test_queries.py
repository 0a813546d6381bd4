from datetime import timedelta

import pytest

from cohort.models import Audience
from resources.queries import recent_resources, shelf, theme_lines

pytestmark = pytest.mark.django_db


def searched(member, words):
    """As the library's page is asked."""
    return shelf(member, {}, query=words).lines


def test_recent_resources_are_the_newest_one_may_see(cast, add):
    old = add(cast.mia, title="Old")
    old.created_at -= timedelta(days=30)
    old.save()
    new = add(cast.mia, title="New")
    add(cast.tia, title="River's own", audience=Audience.TEAM)

    assert recent_resources(cast.mia, 5) == [new, old]
    assert recent_resources(cast.mia, 1) == [new]


def test_theme_resources_include_those_of_its_lessons(cast, themes, add):
    lesson = themes["drivers"].lessons.first()
    broad = add(cast.mia, themes=[themes["drivers"], lesson])
    narrow = add(cast.mia, themes=[lesson])
    add(cast.mia, themes=[themes["leaders"]])
    add(cast.tia, themes=[lesson], audience=Audience.TEAM)

    found = theme_lines(cast.mia, themes["drivers"])
    assert [line.pk for line in found] == [narrow.pk, broad.pk]


def test_search_puts_titles_first_and_says_where_it_was_found(cast, add):
    said = add(cast.mia, title="Minutes", description="We spoke about apprenticeships at length.")
    named = add(cast.mia, title="Apprenticeships", description="")
    add(cast.tia, title="Apprenticeships of River", audience=Audience.TEAM)

    hits = searched(cast.mia, "apprenticeship")

    assert [hit.pk for hit in hits] == [named.pk, said.pk]
    assert hits[1].headline == "We spoke about <mark>apprenticeships</mark> at length."
    assert searched(cast.mia, "  ") == []
