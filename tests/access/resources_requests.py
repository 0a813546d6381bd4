"""Who may ask for something, answer, and close what was asked."""

from typing import Any

from cohort.models import Audience, Theme
from resources.models import Resource, ResourceRequest
from resources.services import ask_for, close_request
from tests.access.table import Row, alike, inside, writers
from tests.conftest import Cast


def where(asked: ResourceRequest) -> dict[str, Any]:
    return {"cohort_slug": asked.cohort.slug, "request_pk": asked.pk}


def mias(cast: Cast) -> dict[str, Any]:
    return where(ask_for(member=cast.mia, title="A plan", themes=[]))


def closed(cast: Cast) -> dict[str, Any]:
    asked = ask_for(member=cast.mia, title="A plan", themes=[])
    close_request(asked=asked, by=cast.mia)
    return where(asked)


def facilitators_own(cast: Cast) -> dict[str, Any]:
    audience = Audience.FACILITATORS
    return where(ask_for(member=cast.fay, title="A plan", themes=[], audience=audience))


def answered(place: dict[str, Any], cast: Cast, audience: Audience) -> dict[str, Any]:
    """With something of mia's, or of her team, that could answer it."""
    made = Resource.objects.create(
        cohort=cast.cohort, title="A page", kind="article", url="https://example.org/",
        audience=audience, team=cast.team if audience == Audience.TEAM else None,
    )  # fmt: skip
    return {**place, "resource_pk": made.pk}


def with_answer(cast: Cast) -> dict[str, Any]:
    return answered(mias(cast), cast, Audience.COHORT)


def closed_with_answer(cast: Cast) -> dict[str, Any]:
    return answered(closed(cast), cast, Audience.COHORT)


def with_teams_answer(cast: Cast) -> dict[str, Any]:
    return answered(mias(cast), cast, Audience.TEAM)


def facilitators_with_answer(cast: Cast) -> dict[str, Any]:
    return answered(facilitators_own(cast), cast, Audience.COHORT)


def filled(cast: Cast) -> dict[str, Any]:
    return {"title": "A plan", "themes": Theme.objects.get(slug="drivers").pk}


def filled_by_fay(cast: Cast) -> dict[str, Any]:
    return {**filled(cast), "audience": "facilitators"}


EVERYONE = inside(200)
OWN, OWN_DONE = inside(404, fay=200), inside(404, fay=302)
CLOSERS, CLOSERS_DONE = inside(403, mia=200, fay=200), inside(403, mia=302, fay=302)

ROWS: list[Row] = [
    Row("resources:request_list", "GET", EVERYONE),
    Row("resources:request_list", "POST", inside(405)),
    Row("resources:request_create", "GET", writers(200)),
    Row("resources:request_create", "POST", writers(422), case="empty"),
    Row("resources:request_create", "POST", writers(302), data=filled_by_fay, case="filled"),
    Row("resources:request_create", "DELETE", inside(405)),
    Row("resources:request_detail", "GET", EVERYONE, mias),
    Row("resources:request_detail", "GET", OWN, facilitators_own, case="of facilitators"),
    Row("resources:request_detail", "POST", inside(405), mias),
    Row("resources:request_edit", "GET", CLOSERS, mias),
    Row("resources:request_edit", "GET", inside(403), closed, case="closed"),
    Row("resources:request_edit", "GET", OWN, facilitators_own, case="of facilitators"),
    Row("resources:request_edit", "POST", inside(403, mia=422, fay=422), mias, case="empty"),
    Row("resources:request_edit", "POST", CLOSERS_DONE, mias, data=filled, case="filled"),
    Row("resources:request_edit", "POST", inside(403), closed, data=filled, case="of one closed"),
    Row("resources:request_edit", "POST", OWN_DONE, facilitators_own, data=filled, case="theirs"),
    Row("resources:request_removal", "GET", CLOSERS, mias),
    Row("resources:request_removal", "POST", CLOSERS_DONE, mias),
    Row("resources:request_removal", "POST", OWN_DONE, facilitators_own, case="of facilitators"),
    *alike(
        ("resources:request_closing", "resources:request_closing_removal"),
        Row("", "GET", inside(405), mias),
        Row("", "POST", CLOSERS_DONE, mias),
        Row("", "POST", OWN_DONE, facilitators_own, case="of facilitators"),
    ),
    Row("resources:answer_create", "GET", inside(405), with_answer),
    Row("resources:answer_create", "POST", writers(302), with_answer),
    Row("resources:answer_create", "POST", inside(403), closed_with_answer, case="to a closed one"),
    Row(
        "resources:answer_create",
        "POST",
        inside(404, obi=403, mia=302, theo=302, fay=302),
        with_teams_answer,
        case="with what is of a team",
    ),
    Row(
        "resources:answer_create",
        "POST",
        OWN_DONE,
        facilitators_with_answer,
        case="of facilitators",
    ),
]
