"""Who may open which list of resources."""

from typing import Any

from cohort.models import Audience
from resources.models import Collection, CollectionItem, Resource
from resources.services import add_collection
from tests.access.table import Row, alike, inside, writers
from tests.conftest import Cast


def where(collection: Collection) -> dict[str, Any]:
    return {"cohort_slug": collection.cohort.slug, "collection_pk": collection.pk}


def shared(cast: Cast) -> dict[str, Any]:
    return where(add_collection(owner=cast.fay, title="To read", is_private=False))


def teams(cast: Cast) -> dict[str, Any]:
    return where(
        add_collection(
            owner=cast.fay,
            title="To read",
            is_private=False,
            audience=Audience.TEAM,
            team=cast.team,
        )
    )


def mias(cast: Cast) -> dict[str, Any]:
    return where(add_collection(owner=cast.mia, title="To read"))


def resource(cast: Cast) -> dict[str, Any]:
    made = Resource.objects.create(
        cohort=cast.cohort, title="A page", kind="article", url="https://example.org/"
    )
    return {"cohort_slug": cast.cohort.slug, "resource_pk": made.pk}


def with_item(cast: Cast, place: dict[str, Any]) -> dict[str, Any]:
    item = CollectionItem.objects.create(
        collection_id=place["collection_pk"],
        resource_id=resource(cast)["resource_pk"],
        position=1,
    )
    return {**place, "item_pk": item.pk}


def shared_item(cast: Cast) -> dict[str, Any]:
    return with_item(cast, shared(cast))


def mias_item(cast: Cast) -> dict[str, Any]:
    return with_item(cast, mias(cast))


def shared_with_item(cast: Cast) -> dict[str, Any]:
    place = shared_item(cast)
    del place["item_pk"]
    return place


def titled(cast: Cast) -> dict[str, Any]:
    return {"title": "To read", "readers": "cohort"}


EVERYONE = inside(200)
FACILITATOR, FACILITATOR_DONE = inside(403, fay=200), inside(403, fay=302)
MIA, MIA_DONE = inside(404, mia=200), inside(404, mia=302)

ROWS: list[Row] = [
    Row("resources:collection_list", "GET", EVERYONE),
    Row("resources:collection_list", "POST", inside(405)),
    Row("resources:collection_create", "GET", writers(200)),
    Row("resources:collection_create", "POST", writers(422), case="empty"),
    Row("resources:collection_create", "POST", writers(302), data=titled, case="filled"),
    Row("resources:collection_detail", "GET", EVERYONE, shared),
    Row("resources:collection_detail", "POST", inside(405), shared),
    Row(
        "resources:collection_detail",
        "GET",
        inside(404, mia=200, theo=200, fay=200),
        teams,
        case="of a team",
    ),
    Row("resources:collection_detail", "GET", MIA, mias, case="of mia alone"),
    Row("resources:collection_edit", "GET", FACILITATOR, shared),
    Row("resources:collection_edit", "GET", MIA, mias, case="of mia alone"),
    Row("resources:collection_edit", "POST", inside(403, fay=422), shared, case="empty"),
    Row("resources:collection_edit", "POST", FACILITATOR_DONE, shared, titled, case="filled"),
    Row("resources:collection_edit", "POST", MIA_DONE, mias, titled, case="of mia alone"),
    Row("resources:collection_removal", "GET", FACILITATOR, shared),
    Row("resources:collection_removal", "POST", FACILITATOR_DONE, shared),
    Row("resources:collection_removal", "POST", MIA_DONE, mias, case="of mia alone"),
    *alike(
        ("resources:collection_feature", "resources:collection_feature_removal"),
        Row("", "GET", inside(405), shared),
        Row("", "POST", FACILITATOR_DONE, shared),
        Row("", "POST", inside(404, mia=403), mias, case="of mia alone"),
    ),
    Row("resources:placing_edit", "GET", writers(200), resource),
    Row("resources:placing_edit", "POST", writers(302), resource),
    Row("resources:placing_edit", "DELETE", inside(405), resource),
    Row("resources:item_shift", "GET", inside(405), shared_item),
    Row("resources:item_shift", "POST", FACILITATOR_DONE, shared_item),
    Row("resources:item_shift", "POST", MIA_DONE, mias_item, case="of mia alone"),
    Row("resources:item_edit", "GET", FACILITATOR, shared_item),
    Row("resources:item_edit", "POST", FACILITATOR_DONE, shared_item),
    Row("resources:item_edit", "POST", MIA_DONE, mias_item, case="of mia alone"),
    Row("resources:item_removal", "GET", inside(405), shared_item),
    Row("resources:item_removal", "POST", FACILITATOR_DONE, shared_item),
    Row("resources:item_removal", "POST", MIA_DONE, mias_item, case="of mia alone"),
]
