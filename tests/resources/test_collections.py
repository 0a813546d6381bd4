import threading

import pytest
from django.db import connection
from django.urls import reverse

from cohort.models import Audience, AuditEntry
from resources import services
from resources.models import Collection, CollectionItem, Resource
from resources.queries import collections as queries

pytestmark = pytest.mark.django_db


def at(name, cohort, *keys) -> str:
    return reverse(f"resources:{name}", args=[cohort.slug, *keys])


def begin(owner, title="To read", **said) -> Collection:
    return services.add_collection(owner=owner, title=title, **said)


def shared(fay, title="Before session 4", **said) -> Collection:
    return begin(fay, title, is_private=False, **said)


def put(collection, *resources, by=None) -> None:
    for resource in resources:
        chosen = {*resource.placings.values_list("collection", flat=True), collection.pk}
        services.place_resource(resource=resource, member=by or collection.owner, chosen=chosen)


def titles(browse, member, collection) -> list[str]:
    page = browse(member).get(collection.get_absolute_url())
    return [item.resource.title for item in page.context["placings"]]


# ---------------------------------------------------------------- who sees which


def test_lists_are_seen_by_those_they_are_for_and_private_ones_by_their_owner(browse, cast):
    shared(cast.fay, "For all")
    shared(cast.fay, "Harbor's", audience=Audience.TEAM, team=cast.team)
    shared(cast.fay, "Facilitators'", audience=Audience.FACILITATORS)
    begin(cast.mia, "Mia's")
    begin(cast.fay, "Fay's")
    begin(cast.olga, "Autumn's")

    def seen_by(member):
        page = browse(member).get(at("collection_list", cast.cohort))
        return [each.title for each in [*page.context["shared"], *page.context["own"]]]

    assert seen_by(cast.mia) == ["For all", "Harbor's", "Mia's"]
    assert seen_by(cast.theo) == ["For all", "Harbor's"]
    assert seen_by(cast.tia) == seen_by(cast.obi) == ["For all"]
    assert seen_by(cast.fay) == ["Facilitators'", "For all", "Harbor's", "Fay's"]


def test_a_list_shows_and_counts_what_its_reader_sees_and_nothing_else(browse, cast, add):
    collection = shared(cast.fay)
    put(
        collection,
        add(cast.mia, title="For all"),
        add(cast.mia, title="Harbor's", audience=Audience.TEAM),
        add(cast.fay, title="Facilitators'", audience=Audience.FACILITATORS),
    )

    def seen_by(member):
        count = queries.collections_of(member).get().item_count
        return titles(browse, member, collection), count

    assert seen_by(cast.tia) == (["For all"], 1)
    assert seen_by(cast.mia) == (["For all", "Harbor's"], 2)
    assert seen_by(cast.fay) == (["For all", "Harbor's", "Facilitators'"], 3)
    page = browse(cast.tia).get(collection.get_absolute_url()).content.decode()
    assert ("Harbor&#x27;s" in page, "1 thing" in page) == (False, True)


# ---------------------------------------------------------------- made and changed


def test_a_member_keeps_private_lists_and_facilitators_say_whom_theirs_are_for(browse, cast):
    new = at("collection_create", cast.cohort)
    browse(cast.mia).post(new, {"title": " My  list ", "readers": "cohort"})
    browse(cast.fay).post(new, {"title": "All", "readers": "cohort"})
    browse(cast.fay).post(new, {"title": "Team", "readers": f"team-{cast.team.pk}"})
    browse(cast.fay).post(new, {"title": "Mine", "readers": "me"})
    assert browse(cast.fay).post(new, {"title": "No", "readers": "team-0"}).status_code == 422
    rows = Collection.objects.order_by("pk")
    assert list(rows.values_list("title", "owner", "is_private", "audience", "team")) == [
        ("My list", cast.mia.pk, True, "cohort", None),
        ("All", cast.fay.pk, False, "cohort", None),
        ("Team", cast.fay.pk, False, "team", cast.team.pk),
        ("Mine", cast.fay.pk, True, "cohort", None),
    ]


def test_a_shared_list_gets_other_readers_and_a_private_one_stays_private(browse, cast):
    mine, ours = begin(cast.fay), shared(cast.fay)
    for collection in (mine, ours):
        page = browse(cast.fay).post(
            at("collection_edit", cast.cohort, collection.pk),
            {"title": "New", "description": "x", "readers": "facilitators"},
        )
        assert page.status_code == 302
    rows = Collection.objects.order_by("pk").values_list("title", "is_private", "audience")
    assert list(rows) == [("New", True, "cohort"), ("New", False, "facilitators")]


def test_removing_asks_first_and_leaves_what_stands_in_it(browse, cast, add):
    collection = shared(cast.fay)
    put(collection, add(cast.mia))
    fay, where = browse(cast.fay), at("collection_removal", cast.cohort, collection.pk)
    assert (fay.get(where).status_code, Collection.objects.count()) == (200, 1)
    fay.post(where)
    assert (Collection.objects.count(), Resource.objects.count()) == (0, 1)
    assert AuditEntry.objects.filter(action="collection.removed").count() == 1


def test_there_are_only_so_many_lists_and_things_in_them(browse, cast, add, monkeypatch):
    monkeypatch.setattr(Collection, "MOST_OWN", 2)
    monkeypatch.setattr(Collection, "MOST_ITEMS", 2)
    mia, new = browse(cast.mia), at("collection_create", cast.cohort)
    answers = [mia.post(new, {"title": "L"}).status_code for _n in range(3)]
    assert answers == [302, 302, 422]
    first = Collection.objects.order_by("pk").first()
    put(first, add(cast.mia), add(cast.mia))
    third = add(cast.mia, title="Third")
    page = mia.post(at("placing_edit", cast.cohort, third.pk), {"lists": [first.pk]})
    assert (page.status_code, "full" in page.content.decode()) == (422, True)
    # A new list that there is no room for leaves the others as they were.
    second = Collection.objects.order_by("pk").last()
    page = mia.post(
        at("placing_edit", cast.cohort, third.pk), {"lists": [second.pk], "title": "Another"}
    )
    assert (page.status_code, CollectionItem.objects.count()) == (422, 2)


@pytest.mark.django_db(transaction=True)
def test_a_resource_put_there_twice_at_once_stands_there_once(cast, add):
    collection, resources = begin(cast.mia), [add(cast.mia), add(cast.mia)]

    def place(resource):
        try:
            services.place_resource(resource=resource, member=cast.mia, chosen={collection.pk})
        finally:
            connection.close()

    threads = [threading.Thread(target=place, args=[each]) for each in resources * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    items = collection.items.order_by("position")
    assert sorted(item.resource_id for item in items) == [each.pk for each in resources]
    assert [item.position for item in items] == [1, 2]


# ---------------------------------------------------------------- what stands in it


def test_from_its_page_a_resource_goes_into_lists_and_out_of_them(browse, cast, add):
    resource, where = add(cast.tia), None
    old, others, ours = begin(cast.mia, "Old"), begin(cast.tia, "Tia's"), shared(cast.fay)
    put(others, resource)
    put(ours, resource)
    where = at("placing_edit", cast.cohort, resource.pk)
    mia = browse(cast.mia)

    form = mia.get(where).context["form"]
    assert [title for _pk, title in form.fields["lists"].choices] == ["Old"]
    mia.post(where, {"lists": [old.pk], "title": " New  one"})
    placed = resource.placings.order_by("pk").values_list("collection__title", flat=True)
    assert list(placed) == ["Tia's", "Before session 4", "Old", "New one"]
    mia.post(where, {"lists": []})
    assert list(placed.all()) == ["Tia's", "Before session 4"]
    # Nobody reaches into another's list.
    assert mia.post(where, {"lists": [others.pk]}).status_code == 422


def test_items_are_put_in_order_by_buttons_and_say_why_they_are_there(browse, cast, add):
    collection = shared(cast.fay)
    put(collection, *(add(cast.mia, title=title) for title in "ABC"))
    a, b, c = collection.items.all()
    fay = browse(cast.fay)

    def shift(item, to):
        answer = fay.post(at("item_shift", cast.cohort, collection.pk, item.pk), {"to": to})
        assert answer["Location"] == f"{collection.get_absolute_url()}#item-{item.pk}"
        return titles(browse, cast.tia, collection)

    assert shift(c, "up") == ["A", "C", "B"]
    assert shift(a, "down") == ["C", "A", "B"]
    assert shift(c, "up") == ["C", "A", "B"]
    assert shift(b, "down") == ["C", "A", "B"]

    fay.post(at("item_edit", cast.cohort, collection.pk, a.pk), {"note": "Page  two."})
    assert "Page two." in browse(cast.tia).get(collection.get_absolute_url()).content.decode()
    fay.post(at("item_removal", cast.cohort, collection.pk, a.pk))
    assert titles(browse, cast.tia, collection) == ["C", "B"]


def test_order_is_changed_among_what_one_sees(browse, cast, add):
    resources = [
        add(cast.mia, title="A"),
        add(cast.tia, title="Hidden", audience=Audience.TEAM),
        add(cast.mia, title="B"),
    ]
    collection = begin(cast.mia)
    for position, resource in enumerate(resources, 1):
        collection.items.create(resource=resource, position=position)
    last = collection.items.last()
    services.shift_item(item=last, member=cast.mia, up=True)
    assert titles(browse, cast.mia, collection) == ["B", "A"]
    hidden = collection.items.get(resource=resources[1])
    where = at("item_removal", cast.cohort, collection.pk, hidden.pk)
    assert browse(cast.mia).post(where).status_code == 404


# ---------------------------------------------------------------- on top of the library


def test_featured_lists_stand_on_top_of_the_library_for_those_who_see_them(browse, cast):
    everybody = shared(cast.fay, "For all")
    teams = shared(cast.fay, "Harbor's", audience=Audience.TEAM, team=cast.team)
    private = begin(cast.fay, "Fay's")
    fay = browse(cast.fay)
    for collection, expected in ((everybody, 302), (teams, 302), (private, 403)):
        answer = fay.post(at("collection_feature", cast.cohort, collection.pk))
        assert answer.status_code == expected

    def on_top(member, query=""):
        page = browse(member).get(at("resource_list", cast.cohort) + query)
        return [each.title for each in page.context["lists"]]

    assert on_top(cast.mia) == ["Harbor's", "For all"]
    assert on_top(cast.tia) == ["For all"]
    assert on_top(cast.tia, "?kind=slides") == []
    fay.post(at("collection_feature_removal", cast.cohort, everybody.pk))
    assert on_top(cast.tia) == []


def test_lists_ask_the_same_for_one_and_for_three(
    browse, cast, add, untracked, django_assert_num_queries
):
    mia = browse(cast.mia)
    mia.get(at("collection_list", cast.cohort))
    collection = begin(cast.mia)
    for count in (1, 2):
        for _each in range(count):
            begin(cast.mia)
            put(collection, add(cast.mia))
        with django_assert_num_queries(5):
            mia.get(at("collection_list", cast.cohort))
        with django_assert_num_queries(7):
            mia.get(collection.get_absolute_url())
