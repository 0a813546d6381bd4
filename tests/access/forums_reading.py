"""Who may read what in discussions, post by post, over HTTP and over a thread's socket."""

from typing import Any

from forums import services
from forums.models import Thread
from tests.access.forums import (
    NOT_ALLOWED,
    back_room,
    commons,
    commons_post,
    in_back_room,
    in_team,
    team_post,
    team_room,
)
from tests.access.table import Row, inside, writers
from tests.conftest import Cast


def back_post(cast: Cast) -> dict[str, Any]:
    return {**back_room(cast), "number": 1}


def closed_room(cast: Cast) -> dict[str, Any]:
    """Mia's thread in which each answers before they read; theo has, and tia has not."""
    place = commons(cast)
    thread = Thread.objects.get(pk=place["thread_pk"])
    Thread.objects.filter(pk=thread.pk).update(answers_first=True)
    services.publish_reply(thread=thread, author=cast.theo, body="<p>My answer.</p>")
    return place


def closed_post(cast: Cast) -> dict[str, Any]:
    return {**closed_room(cast), "number": 3}


def thanks(cast: Cast) -> dict[str, Any]:
    return {"kind": "thanks"}


COPIES = ("thread_print", "thread_export_html", "thread_export_markdown")
ANSWERED = inside(200, obi=404, tia=404)

ROWS: list[Row] = [
    *(
        row
        for route in COPIES
        for row in (
            Row(f"forums:{route}", "GET", inside(200), commons),
            Row(f"forums:{route}", "GET", in_team(200), team_room, case="of a team"),
            Row(f"forums:{route}", "GET", in_back_room(200), back_room, case="back room"),
            Row(f"forums:{route}", "POST", NOT_ALLOWED, commons),
        )
    ),
    Row("forums:post_detail", "GET", inside(200), commons_post),
    Row("forums:post_detail", "GET", in_team(200), team_post, case="of a team"),
    Row("forums:post_detail", "GET", in_back_room(200), back_post, case="back room"),
    Row("forums:post_detail", "GET", ANSWERED, closed_post, case="answers first"),
    Row("forums:post_detail", "POST", NOT_ALLOWED, commons_post),
    Row("forums:post_history", "GET", inside(403, mia=200, fay=200), commons_post),
    Row(
        "forums:post_history", "GET", inside(403, obi=404, mia=200, tia=404, fay=200), team_post,
        case="of a team",
    ),
    Row("forums:post_history", "POST", NOT_ALLOWED, commons_post),
    *(
        row
        for route in ("reaction_toggle", "bookmark_toggle")
        for row in (
            Row(f"forums:{route}", "GET", NOT_ALLOWED, commons_post),
            Row(f"forums:{route}", "POST", writers(302), commons_post, thanks),
            Row(f"forums:{route}", "POST", in_team(302), team_post, thanks, case="of a team"),
            Row(f"forums:{route}", "POST", in_back_room(302), back_post, thanks, case="back room"),
            Row(
                f"forums:{route}", "POST", inside(302, obi=404, tia=404), closed_post, thanks,
                case="answers first",
            ),
        )
    ),
]  # fmt: skip

# Who is let into a thread's socket.
SOCKETS: dict[str, tuple[Any, set[str]]] = {
    "whole cohort": (commons, {"obi", "mia", "theo", "tia", "fay"}),
    "of a team": (team_room, {"mia", "theo", "fay"}),
    "of facilitators": (back_room, {"fay"}),
    "answers first": (closed_room, {"mia", "theo", "fay"}),
}
