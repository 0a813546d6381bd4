import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohort.models import Audience, AuditEntry
from resources import services
from resources.models import HelpfulMark, Resource
from resources.queries import shelf
from resources.queries.ranking import MOST_RANKED

pytestmark = pytest.mark.django_db


def at(name, resource) -> str:
    return reverse(f"resources:{name}", args=[resource.cohort.slug, resource.pk])


def count_of(resource) -> tuple[int, int]:
    """As the column says, and as the rows are."""
    resource.refresh_from_db()
    return resource.helpful_count, resource.helpful_marks.count()


# ---------------------------------------------------------------- helpful


def test_what_helped_counts_once_for_each_and_is_taken_back(browse, cast, add):
    resource = add(cast.mia)
    theo = browse(cast.theo)

    for _twice in range(2):
        answer = theo.post(at("helpful_create", resource))
        assert (answer.status_code, answer["Location"]) == (302, resource.get_absolute_url())
    browse(cast.tia).post(at("helpful_create", resource))
    assert count_of(resource) == (2, 2)

    for _twice in range(2):
        theo.post(at("helpful_removal", resource))
    assert count_of(resource) == (1, 1)


def test_the_button_says_what_is_so_for_its_reader(browse, cast, add):
    resource = add(cast.mia)
    services.mark_helpful(resource=resource, member=cast.theo)

    def shown_to(member):
        page = browse(member).get(resource.get_absolute_url())
        html = page.content.decode()
        return [
            page.context["resource"].is_marked,
            'aria-pressed="true"' in html,
            'aria-pressed="false"' in html,
            "<b>1</b>" in html,
        ]

    assert shown_to(cast.theo) == [True, True, False, True]
    assert shown_to(cast.tia) == [False, False, True, True]
    # Whose own it is, and who only reads, see the number.
    assert shown_to(cast.mia) == [False, False, False, True]
    assert shown_to(cast.obi) == [False, False, False, True]


def test_one_who_left_takes_no_mark_along(cast, add):
    resource = add(cast.mia)
    services.mark_helpful(resource=resource, member=cast.theo)
    services.unmark_helpful(resource=resource, member=cast.tia)
    assert count_of(resource) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_marks_given_at_once_are_all_counted(cast, add):
    resource = add(cast.mia)
    marking = [cast.theo, cast.theo, cast.theo, cast.tia, cast.fay, cast.fay]

    def mark(member):
        try:
            services.mark_helpful(resource=resource, member=member)
        finally:
            connection.close()

    threads = [threading.Thread(target=mark, args=[member]) for member in marking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count_of(resource) == (3, 3)


# ---------------------------------------------------------------- orders by number


def links(cohort, count, **fields):
    return Resource.objects.bulk_create(
        Resource(
            cohort=cohort, title=f"R{number}", kind="article", url="https://example.org/", **fields
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("sort", "column"), [("helpful", "helpful_count"), ("used", "download_count")]
)
def test_pages_by_number_neither_skip_nor_repeat_while_numbers_change(cast, sort, column):
    for number, resource in enumerate(links(cast.cohort, 65)):
        Resource.objects.filter(pk=resource.pk).update(**{column: number})
    seen, before = [], ""
    while True:
        page = shelf(cast.mia, {"sort": sort}, sort=sort, before=before)
        seen += [resource.title for resource in page.lines]
        # The last ones pass all the others, and the first ones fall behind.
        Resource.objects.filter(title__in=["R0", "R1", "R2"]).update(**{column: 500})
        Resource.objects.filter(title__in=["R64", "R50"]).update(**{column: 0})
        if not page.older:
            break
        before = page.older

    assert seen[:20] == [f"R{number}" for number in range(64, 44, -1)]
    assert seen[20:23] == ["R2", "R1", "R0"]
    assert sorted(seen) == sorted(f"R{number}" for number in range(65))


def test_an_order_by_number_ends_somewhere(cast):
    links(cast.cohort, MOST_RANKED + 5, helpful_count=1)
    seen, before, pages = set(), "", 0
    while pages == 0 or before:
        page = shelf(cast.mia, {"sort": "helpful"}, sort="helpful", before=before)
        seen |= {resource.pk for resource in page.lines}
        before, pages = page.older, pages + 1
    assert (len(seen), pages) == (MOST_RANKED, 10)


@pytest.mark.parametrize("before", ["x", "1..2", "1.", "9" * 19, ".".join(["1"] * 300), "1_2"])
def test_a_broken_address_shows_the_first_page(browse, cast, add, before):
    add(cast.mia)
    page = browse(cast.mia).get(
        reverse("resources:resource_list", args=[cast.cohort.slug]),
        {"sort": "helpful", "before": before},
    )
    assert [each.title for each in page.context["shelf"].lines] == ["Agreement"]


# ---------------------------------------------------------------- featured


def test_what_is_featured_stands_on_top_and_only_there(browse, cast, add):
    old = add(cast.mia, title="Old and good")
    teams = add(cast.mia, title="Harbor's", audience=Audience.TEAM)
    add(cast.tia, title="New")
    for resource in (old, teams):
        answer = browse(cast.fay).post(at("feature_create", resource))
        assert answer.status_code == 302

    def opened_by(member, **asked):
        page = (
            browse(member)
            .get(reverse("resources:resource_list", args=[cast.cohort.slug]), asked)
            .context["shelf"]
        )
        return [each.title for each in page.featured], [each.title for each in page.lines]

    assert opened_by(cast.mia) == (["Harbor's", "Old and good"], ["New"])
    assert opened_by(cast.tia) == (["Old and good"], ["New"])
    assert opened_by(cast.tia, kind="agreement") == ([], ["New", "Old and good"])
    browse(cast.fay).post(at("feature_removal", old))
    assert opened_by(cast.tia) == ([], ["New", "Old and good"])
    actions = AuditEntry.objects.filter(action__contains="featured").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "resource.featured", "resource.featured", "resource.unfeatured",
    ]  # fmt: skip


def test_four_stand_on_top_the_latest_first_and_the_fifth_in_its_place(cast, add):
    for number in range(5):
        resource = add(cast.mia, title=f"R{number}")
        services.feature_resource(resource=resource, by=cast.fay)
    page = shelf(cast.mia, {})
    assert [each.title for each in page.featured] == ["R4", "R3", "R2", "R1"]
    assert [each.title for each in page.lines] == ["R0"]


def test_pages_below_the_featured_ones_skip_nothing(cast):
    made = links(cast.cohort, 45)
    Resource.objects.filter(pk=made[3].pk).update(featured_at=timezone.now())
    seen, before = [], ""
    while True:
        page = shelf(cast.mia, {}, before=before)
        seen += [each.title for each in [*page.featured, *page.lines]]
        if not page.older:
            break
        before = page.older
    # Further down it stands once more, where it belongs by age.
    assert sorted(set(seen)) == sorted(each.title for each in made)
    assert sorted(title for title in seen if seen.count(title) > 1) == ["R3", "R3"]


def test_removing_a_resource_removes_its_marks(cast, add):
    resource = add(cast.mia)
    services.mark_helpful(resource=resource, member=cast.theo)
    services.remove_resource(resource=resource, actor=cast.mia)
    assert HelpfulMark.objects.count() == 0
