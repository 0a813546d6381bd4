"""Who may open what in `notifications`."""

from notifications import bell
from notifications.models import Entry
from notifications.registry import EDITION
from notifications.unsubscribe import token_for
from tests.access.table import Row, anybody, inside, signed_in


def token(cast):
    return {"token": token_for(cast.mia.pk, EDITION)}


def forged(cast):
    return {"token": f"{token_for(cast.mia.pk, EDITION)}x"}


def nothing(cast):
    return {}


def line(cast):
    """A line of mia's bell."""
    bell.ring("forums.reply", [cast.mia], "thread:1", [1])
    entry = Entry.objects.get(member=cast.mia, read_at=None)
    return {"cohort_slug": cast.cohort.slug, "entry_pk": entry.pk}


def only_mia(status):
    """Nobody else has that line, be they facilitators."""
    return inside(404, mia=status)


ONE_CLICK = {"List-Unsubscribe": "One-Click"}
WEEKLY = {"edition": "weekly", "edition_weekday": "1", "edition_hour": "7"}


def weekly(cast):
    """The form of everybody at once; each reader's own part of it counts."""
    people = (cast.obi, cast.mia, cast.theo, cast.tia, cast.fay, cast.olga)
    return {f"m{person.pk}-{key}": value for person in people for key, value in WEEKLY.items()}


ROWS = [
    Row("notifications:bell_list", "GET", inside(200)),
    Row("notifications:bell_reading", "POST", inside(302)),
    Row("notifications:bell_reading_removal", "POST", inside(302)),
    Row("notifications:entry_reading", "POST", only_mia(302), args=line),
    Row("notifications:entry_reading_removal", "POST", only_mia(302), args=line),
    Row("notifications:choices", "GET", signed_in(200), args=nothing),
    Row("notifications:choices", "POST", signed_in(302), args=nothing, data=weekly),
    # Whoever holds the mail may stop it: the link is the right, and signs nobody in.
    Row("notifications:unsubscribe", "GET", anybody(200), args=token),
    Row("notifications:unsubscribe", "POST", anybody(200), args=token, data=lambda cast: ONE_CLICK),
    Row("notifications:unsubscribe", "POST", anybody(400), args=token, case="without the words"),
    Row("notifications:unsubscribe", "GET", anybody(404), args=forged, case="forged"),
    Row(
        "notifications:unsubscribe",
        "POST",
        anybody(404),
        args=forged,
        data=lambda cast: ONE_CLICK,
        case="forged",
    ),
    Row("notifications:unsubscribe_confirm", "GET", anybody(405), args=token),
    Row("notifications:unsubscribe_confirm", "POST", anybody(200), args=token),
    Row("notifications:unsubscribe_confirm", "POST", anybody(404), args=forged, case="forged"),
    Row("notifications:unsubscribe_undo", "GET", anybody(405), args=token),
    Row("notifications:unsubscribe_undo", "POST", anybody(200), args=token),
    Row("notifications:unsubscribe_undo", "POST", anybody(404), args=forged, case="forged"),
    # No beat runs beside the tests, and the answer says so to anybody.
    Row("notifications:healthz", "GET", anybody(503), args=nothing),
    Row("notifications:livez", "GET", anybody(200), args=nothing),
]
