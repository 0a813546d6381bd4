"""Who may follow what, and call what read."""

from typing import Any

from forums import services
from forums.models import ThreadTag
from tests.access.forums import NOT_ALLOWED, back_room, commons, in_back_room, in_team, team_room
from tests.access.table import Row, inside, writers
from tests.conftest import Cast


def level(cast: Cast) -> dict[str, Any]:
    return {"level": "everything"}


def team_space(cast: Cast) -> dict[str, Any]:
    space = services.ensure_team_space(cast.team)
    return {"cohort_slug": cast.cohort.slug, "space_slug": space.slug}


def team_space_named(cast: Cast) -> dict[str, Any]:
    return {"space": cast.team.slug}


def team_space_made(cast: Cast) -> dict[str, Any]:
    services.ensure_team_space(cast.team)
    return {"cohort_slug": cast.cohort.slug}


def theme(cast: Cast) -> dict[str, Any]:
    return {"cohort_slug": cast.cohort.slug, "theme_slug": "drivers"}


def tag(cast: Cast) -> dict[str, Any]:
    return carried_by(commons(cast)["thread_pk"], cast)


def team_tag(cast: Cast) -> dict[str, Any]:
    """A word that only one team uses."""
    return carried_by(team_room(cast)["thread_pk"], cast)


def carried_by(thread_pk: int, cast: Cast) -> dict[str, Any]:
    tag, _made = cast.cohort.tags.get_or_create(name="Buses", slug="buses")
    ThreadTag.objects.get_or_create(content_object_id=thread_pk, tag=tag)
    return {"cohort_slug": cast.cohort.slug, "tag_slug": tag.slug}


def others_tag(cast: Cast) -> dict[str, Any]:
    """A tag of another cohort, under the address of this one."""
    cast.olga.cohort.tags.get_or_create(name="Theirs", slug="theirs")
    return {"cohort_slug": cast.cohort.slug, "tag_slug": "theirs"}


OF_A_THREAD = (
    "thread_following_removal", "reading_create", "reading_removal",
)  # fmt: skip
OF_SUBJECTS = (
    ("theme_following", theme), ("theme_following_removal", theme),
    ("tag_following", tag), ("tag_following_removal", tag),
)  # fmt: skip

ROWS: list[Row] = [
    Row("forums:following_list", "GET", writers(200)),
    Row("forums:following_list", "POST", NOT_ALLOWED),
    Row("forums:reading_all", "GET", NOT_ALLOWED),
    Row("forums:reading_all", "POST", writers(302)),
    Row(
        "forums:reading_all", "POST", inside(302, obi=403, tia=404), team_space_made,
        team_space_named, case="of a team",
    ),
    Row("forums:space_following_all", "GET", NOT_ALLOWED),
    Row("forums:space_following_all", "POST", writers(302), data=level),
    Row("forums:space_following", "GET", NOT_ALLOWED, team_space),
    Row("forums:space_following", "POST", in_team(302), team_space, level, case="of a team"),
    Row("forums:thread_following", "GET", writers(200), commons),
    Row("forums:thread_following", "GET", in_team(200), team_room, case="of a team"),
    Row("forums:thread_following", "GET", in_back_room(200), back_room, case="back room"),
    Row("forums:thread_following", "POST", writers(302), commons, level),
    Row("forums:thread_following", "POST", in_team(302), team_room, level, case="of a team"),
    Row("forums:thread_following", "POST", in_back_room(302), back_room, level, case="back room"),
    *(
        row
        for route in OF_A_THREAD
        for row in (
            Row(f"forums:{route}", "GET", NOT_ALLOWED, commons),
            Row(f"forums:{route}", "POST", writers(302), commons, level),
            Row(f"forums:{route}", "POST", in_team(302), team_room, level, case="of a team"),
            Row(f"forums:{route}", "POST", in_back_room(302), back_room, level, case="back room"),
        )
    ),
    *(
        row
        for route, args in OF_SUBJECTS
        for row in (
            Row(f"forums:{route}", "GET", NOT_ALLOWED, args),
            Row(f"forums:{route}", "POST", writers(302), args),
        )
    ),
    Row("forums:tag_following", "POST", inside(404), others_tag, case="of another cohort"),
    Row("forums:tag_following", "POST", in_team(302), team_tag, case="of a team"),
    Row("forums:tag_following_removal", "POST", in_team(302), team_tag, case="of a team"),
    Row("home:tag_detail", "GET", inside(200), tag),
    Row("home:tag_detail", "GET", in_team(200), team_tag, case="of a team"),
    Row("home:tag_detail", "GET", inside(404), others_tag, case="of another cohort"),
    Row("home:tag_detail", "POST", NOT_ALLOWED, tag),
]  # fmt: skip
