"""Who may open what of the feeds in `forums`."""

import uuid
from typing import Any

from cohort.models import FeedKey
from cohort.services import feed_keys
from forums import services
from tests.access.table import Row, anybody, inside
from tests.conftest import Cast


def key_of_mia(cast: Cast) -> tuple[FeedKey, str]:
    cast.mia.feed_keys.all().delete()
    return feed_keys.make_key(member=cast.mia, name="Reader", form_key=uuid.uuid4())


def feed_key(cast: Cast) -> dict[str, Any]:
    return {"cohort_slug": cast.cohort.slug, "key_pk": key_of_mia(cast)[0].pk}


def feed(cast: Cast) -> dict[str, Any]:
    """The address of everything mia sees: it is the key that opens it, whoever brings it."""
    return {"key": key_of_mia(cast)[1]}


def space_feed(cast: Cast) -> dict[str, Any]:
    return {**feed(cast), "space_slug": services.ensure_team_space(cast.team).slug}


def other_space_feed(cast: Cast) -> dict[str, Any]:
    return {**feed(cast), "space_slug": services.ensure_team_space(cast.other_team).slug}


def theme_feed(cast: Cast) -> dict[str, Any]:
    return {**feed(cast), "theme_slug": "drivers"}


def no_feed(cast: Cast) -> dict[str, Any]:
    return {"key": "x" * 43}


def new_key(cast: Cast) -> dict[str, Any]:
    return {"name": "Reader", "feed": "all", "form_key": str(uuid.uuid4())}


ROWS: list[Row] = [
    Row("forums:feed_key_list", "GET", inside(200)),
    Row("forums:feed_key_list", "POST", inside(200), data=new_key),
    Row("forums:feed_key_removal", "GET", inside(405), feed_key),
    Row("forums:feed_key_removal", "POST", inside(404, mia=302), feed_key),
    Row("forums:feed", "GET", anybody(200), feed),
    Row("forums:feed", "GET", anybody(404), no_feed, case="of no key"),
    Row("forums:feed", "POST", anybody(405), feed),
    Row("forums:space_feed", "GET", anybody(200), space_feed, case="of her team"),
    Row("forums:space_feed", "GET", anybody(404), other_space_feed, case="of another team"),
    Row("forums:space_feed", "POST", anybody(405), space_feed),
    Row("forums:theme_feed", "GET", anybody(200), theme_feed),
    Row("forums:theme_feed", "POST", anybody(405), theme_feed),
]
