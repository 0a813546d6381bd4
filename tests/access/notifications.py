"""Who may open what in `notifications`."""

from notifications import bell, scoped_choices
from notifications.models import Entry, PushSubscription
from notifications.registry import EDITION
from notifications.unsubscribe import token_for
from tests.access.table import Row, anybody, inside, signed_in
from tests.notifications.push_service import make_browser


def token(cast):
    return {"token": token_for(cast.mia.pk, EDITION)}


def forged(cast):
    return {"token": f"{token_for(cast.mia.pk, EDITION)}x"}


def choices_token(cast):
    return {"token": scoped_choices.token_for(cast.mia.pk)}


def forged_choices(cast):
    return {"token": f"{scoped_choices.token_for(cast.mia.pk)}x"}


def browser(cast):
    return make_browser().subscription("https://fcm.googleapis.com/wp/1")


def mias_device(cast):
    device, _new = PushSubscription.objects.get_or_create(user=cast.mia.user, endpoint="x")
    return {"device_pk": device.pk}


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


def provider(cast):
    return {"provider": "postmark"}


ONE_CLICK = {"List-Unsubscribe": "One-Click"}
WEEKLY = {"edition": "weekly", "edition_weekday": "1", "edition_hour": "7"}


def weekly(cast):
    """The form of everybody at once; each reader's own part of it counts."""
    people = (cast.obi, cast.mia, cast.theo, cast.tia, cast.fay, cast.olga)
    return {f"m{person.pk}-{key}": value for person in people for key, value in WEEKLY.items()}


only_mias_device = {**signed_in(404), "mia": 302}

ROWS = [
    Row("notifications:bell_list", "GET", inside(200)),
    Row("notifications:bell_reading", "POST", inside(302)),
    Row("notifications:bell_reading_removal", "POST", inside(302)),
    Row("notifications:entry_reading", "POST", only_mia(302), args=line),
    Row("notifications:entry_reading_removal", "POST", only_mia(302), args=line),
    Row("notifications:choices", "GET", signed_in(200), args=nothing),
    Row("notifications:choices", "POST", signed_in(302), args=nothing, data=weekly),
    Row("notifications:device_list", "GET", signed_in(200), args=nothing),
    Row("notifications:device_list", "POST", signed_in(422), args=nothing, case="no browser"),
    Row("notifications:device_list", "POST", signed_in(201), args=nothing, data=browser),
    Row(
        "notifications:device_name",
        "POST",
        only_mias_device,
        args=mias_device,
        data=lambda cast: {"name": "Blue phone"},
    ),
    Row("notifications:device_removal", "POST", only_mias_device, args=mias_device),
    Row("notifications:manifest", "GET", anybody(200), args=nothing),
    Row("notifications:service_worker", "GET", anybody(200), args=nothing),
    Row("notifications:offline", "GET", anybody(200), args=nothing),
    # Whoever holds the mail may choose, for that member alone.
    Row("notifications:scoped_choices", "GET", anybody(200), args=choices_token),
    Row("notifications:scoped_choices", "POST", anybody(302), args=choices_token, data=weekly),
    Row("notifications:scoped_choices", "GET", anybody(404), args=forged_choices, case="forged"),
    Row("notifications:scoped_choices", "POST", anybody(404), args=forged_choices, case="forged"),
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
    # Reports of the mail provider: none is set up beside the tests.
    Row("notifications:mail_hook", "GET", anybody(404), args=lambda cast: {"provider": "postmark"}),
    Row(
        "notifications:mail_hook", "POST", anybody(404), args=lambda cast: {"provider": "postmark"}
    ),
    Row("notifications:reply_renewal", "GET", signed_in(405), args=nothing),
    Row("notifications:reply_renewal", "POST", signed_in(302), args=nothing),
    # No provider is set up: its webhook is not there.
    *(
        Row(f"notifications:{route}", method, anybody(status), args=provider)
        for route in ("inbound_webhook", "inbound_mime")
        for method, status in (("GET", 405), ("POST", 404))
    ),
    # No beat runs beside the tests, and the answer says so to anybody.
    Row("notifications:healthz", "GET", anybody(503), args=nothing),
    Row("notifications:livez", "GET", anybody(200), args=nothing),
]
