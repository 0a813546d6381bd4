from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Audience
from notifications import sections
from notifications.sections import Place, Reader
from resources.edition import library_section
from resources.models import Resource
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def told(readers):
    return {
        pk: [item.title for part in parts for item in part.items]
        for pk, parts in library_section(readers).items()
    }


def test_each_reader_hears_of_what_they_may_see_and_did_not_add(cast, add):
    add(cast.mia, title="For all")
    add(cast.tia, title="River's own", audience=Audience.TEAM)
    add(cast.olga, title="Autumn's")
    late = add(cast.mia, title="Too late")
    early = add(cast.mia, title="Too early")
    now = timezone.now()
    Resource.objects.filter(pk=late.pk).update(created_at=now + timedelta(seconds=1))
    Resource.objects.filter(pk=early.pk).update(created_at=now - timedelta(days=8))

    members = (cast.mia, cast.theo, cast.tia, cast.fay, cast.obi, cast.olga)
    readers = [Reader(member, now - timedelta(days=7), now) for member in members]

    assert told(readers) == {
        cast.theo.pk: ["For all"],
        cast.tia.pk: ["For all"],
        cast.fay.pk: ["For all", "River's own"],
        cast.obi.pk: ["For all"],
    }


def test_what_is_for_one_team_stands_in_its_own_part(cast, add):
    add(cast.tia, title="River's own", audience=Audience.TEAM)
    member = MembershipFactory(cohort=cast.cohort, team=cast.other_team)
    now = timezone.now()
    (part,) = library_section([Reader(member, now - timedelta(days=7), now)])[member.pk]
    assert (part.place, [item.group for item in part.items]) == (Place.TEAM, [None])


def test_each_reader_has_a_window_of_their_own(cast, add):
    resource = add(cast.mia)
    moment = resource.created_at
    second = timedelta(seconds=1)

    assert told(
        [
            Reader(cast.theo, moment, moment + second),
            Reader(cast.tia, moment - second, moment),
            Reader(cast.fay, moment + second, moment + 2 * second),
        ]
    ) == {cast.theo.pk: ["Agreement"]}


def test_an_item_says_who_and_about_what(cast, add):
    add(cast.mia, description="Signed in May.")
    now = timezone.now()

    (part,) = library_section([Reader(cast.fay, now - timedelta(days=1), now)])[cast.fay.pk]

    (item,) = part.items
    assert (item.title, item.detail, item.excerpt) == (
        "Agreement",
        "Partnership agreement · Mia, Harbor",
        "Signed in May.",
    )
    assert (item.group.label, item.group.color) == ("Leaders", "leaders")
    assert part.place is Place.THEMES
    assert part.more_url == "/c/spring/library/"


def test_many_readers_cost_no_more_than_one(cast, add, django_assert_num_queries):
    for member in (cast.mia, cast.theo, cast.tia):
        add(member, tags=["a"])
    now = timezone.now()
    for members in ([cast.fay], [cast.fay, cast.mia, cast.theo, cast.tia, cast.obi]):
        readers = [Reader(member, now - timedelta(days=1), now) for member in members]
        with django_assert_num_queries(2):
            library_section(readers)


def test_nobody_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert library_section([]) == {}


def test_the_edition_has_a_library():
    assert library_section in sections.sections()
