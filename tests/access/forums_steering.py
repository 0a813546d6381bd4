"""Who may open what of the steering of discussions: facilitators, flagging apart."""

from typing import Any

from cohort.models import Audience
from forums.models import Flag
from tests.access.forums import commons, commons_post, team_post, team_room
from tests.access.table import Row, facilitators, inside
from tests.conftest import Cast
from tests.factories import SpaceFactory, ThreadFactory

NOT_ALLOWED = inside(405)


def steered(status: int) -> dict[str, int | str]:
    """For a thread in a team's room: others of the cohort do not learn that there is one."""
    return inside(403, obi=404, tia=404, fay=status)


def two(cast: Cast) -> dict[str, Any]:
    """A thread, and another to merge into it."""
    other = ThreadFactory(space=SpaceFactory(cohort=cast.cohort))
    return {**commons(cast), "source_pk": other.pk}


def one_hidden_away(cast: Cast) -> dict[str, Any]:
    space = SpaceFactory(cohort=cast.cohort, audience=Audience.FACILITATORS)
    return {**commons(cast), "source_pk": ThreadFactory(space=space).pk}


def one_elsewhere(cast: Cast) -> dict[str, Any]:
    other = ThreadFactory(space=SpaceFactory(cohort=cast.olga.cohort))
    return {**commons(cast), "source_pk": other.pk}


def space(cast: Cast) -> dict[str, Any]:
    found = SpaceFactory(cohort=cast.cohort)
    return {"cohort_slug": cast.cohort.slug, "space_slug": found.slug}


def space_elsewhere(cast: Cast) -> dict[str, Any]:
    found = SpaceFactory(cohort=cast.olga.cohort)
    return {"cohort_slug": cast.cohort.slug, "space_slug": found.slug}


def flagged(cast: Cast) -> dict[str, Any]:
    """A reply of mia's that theo flagged."""
    arguments = commons_post(cast)
    post = cast.mia.posts.get(thread=arguments["thread_pk"], number=2)
    Flag.objects.create(post=post, flagged_by=cast.theo, reason="unkind")
    return arguments


def decision(cast: Cast) -> dict[str, Any]:
    flag = Flag.objects.latest("pk")
    return {"words": "Please change it.", "seen": f"{flag.pk}-open"}


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "unkind"}


# Her own post: nobody flags that.
flaggers = {"obi": 403, "mia": 403}

ROWS: list[Row] = [
    *(
        row
        for route in ("feature_create", "feature_removal", "answers_first_removal")
        for row in (
            Row(f"forums:{route}", "GET", NOT_ALLOWED, commons),
            Row(f"forums:{route}", "POST", facilitators(302), commons),
            Row(f"forums:{route}", "POST", steered(302), team_room, case="of a team"),
        )
    ),
    Row("forums:answers_first_create", "GET", facilitators(200), commons),
    Row("forums:answers_first_create", "POST", facilitators(302), commons),
    Row("forums:answers_first_create", "POST", steered(302), team_room, case="of a team"),
    *(
        row
        for route in ("announcement_create", "thread_move", "thread_split")
        for row in (
            Row(f"forums:{route}", "GET", facilitators(200), commons),
            Row(f"forums:{route}", "GET", steered(200), team_room, case="of a team"),
        )
    ),
    Row("forums:announcement_create", "POST", facilitators(302), commons),
    Row("forums:announcement_create", "POST", steered(302), team_room, case="of a team"),
    Row("forums:thread_move", "POST", facilitators(422), commons, case="with nothing in it"),
    Row("forums:thread_split", "POST", facilitators(422), commons, case="with nothing in it"),
    Row("forums:post_split", "GET", facilitators(200), commons_post),
    Row("forums:post_split", "GET", steered(200), team_post, case="of a team"),
    Row("forums:post_split", "POST", facilitators(422), commons_post, case="with nothing in it"),
    Row("forums:merge_list", "GET", facilitators(200), commons),
    Row("forums:merge_list", "GET", steered(200), team_room, case="of a team"),
    Row("forums:merge_list", "POST", NOT_ALLOWED, commons),
    Row("forums:merge_create", "GET", facilitators(200), two),
    Row("forums:merge_create", "GET", facilitators(404), one_elsewhere, case="of another cohort"),
    Row("forums:merge_create", "POST", facilitators(302), two),
    Row("forums:merge_create", "POST", facilitators(302), one_hidden_away, case="from back room"),
    Row("forums:merge_create", "POST", facilitators(404), one_elsewhere, case="other cohort's"),
    Row("forums:space_list", "GET", facilitators(200)),
    Row("forums:space_list", "POST", facilitators(405)),
    Row("forums:space_create", "GET", facilitators(200)),
    Row("forums:space_create", "POST", facilitators(422), case="with nothing in it"),
    Row("forums:space_edit", "GET", facilitators(200), space),
    Row("forums:space_edit", "GET", facilitators(404), space_elsewhere, case="of another cohort"),
    Row("forums:space_edit", "POST", facilitators(422), space, case="with nothing in it"),
    Row("forums:space_shift", "GET", facilitators(405), space),
    Row("forums:space_shift", "POST", facilitators(302), space),
    Row("forums:space_removal", "GET", facilitators(405), space),
    Row("forums:space_removal", "POST", facilitators(302), space),
    Row("forums:space_removal", "POST", facilitators(404), space_elsewhere, case="other cohort's"),
    Row("forums:flag_list", "GET", facilitators(200)),
    Row("forums:flag_list", "POST", facilitators(405)),
    Row("forums:decision_list", "GET", facilitators(200)),
    Row("forums:decision_list", "POST", facilitators(405)),
    Row("forums:flag_create", "GET", inside(200, **flaggers), commons_post),
    Row("forums:flag_create", "POST", inside(302, **flaggers), commons_post, reason),
    Row(
        "forums:flag_create", "POST", inside(302, mia=403, obi=404, tia=404), team_post, reason,
        case="of a team",
    ),
    Row("forums:keeping_create", "GET", NOT_ALLOWED, flagged),
    Row("forums:keeping_create", "POST", facilitators(302), flagged, decision),
    Row("forums:question_create", "GET", NOT_ALLOWED, flagged),
    Row("forums:question_create", "POST", facilitators(302), flagged, decision),
    Row("forums:hiding_create", "GET", facilitators(200), commons_post),
    Row("forums:hiding_create", "POST", facilitators(302), commons_post),
    Row("forums:hiding_create", "POST", steered(302), team_post, case="of a team"),
    Row("forums:hiding_removal", "GET", NOT_ALLOWED, commons_post),
    Row("forums:hiding_removal", "POST", facilitators(302), commons_post),
    Row("forums:takedown_create", "GET", facilitators(200), commons_post),
    Row("forums:takedown_create", "POST", facilitators(302), commons_post),
    Row("forums:takedown_create", "POST", steered(302), team_post, case="of a team"),
]  # fmt: skip
