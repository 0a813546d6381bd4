"""Who may open what in `facilitation`: the console is for facilitators.

302 for fay where she must first confirm that it is her: the tests of the views do.
"""

from typing import Any

from django.utils import timezone

from cohort.models import Membership, RosterImport, Tag
from notifications.edition import audience
from notifications.models import Delivery
from tests.access.table import Row, facilitators
from tests.conftest import Cast
from tests.factories import TagFactory

PLACE = {"cohort_slug": "spring"}


def mia(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "member_pk": cast.mia.pk}


def kept(cast: Cast) -> dict[str, Any]:
    content = b"name,email,team\nNia,nia@example.org,Harbor\nBad,,Harbor\n"
    roster = RosterImport.objects.create(cohort=cast.cohort, by=cast.fay, content=content)
    return {**PLACE, "import_pk": roster.pk}


def kept_elsewhere(cast: Cast) -> dict[str, Any]:
    content = b"name,email,team\nNia,nia@example.org,Harbor\n"
    roster = RosterImport.objects.create(cohort=cast.olga.cohort, content=content)
    return {**PLACE, "import_pk": roster.pk}


def tag(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "tag_pk": TagFactory(cohort=cast.cohort).pk}


def tag_elsewhere(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "tag_pk": TagFactory(cohort=cast.olga.cohort).pk}


def other_tag(cast: Cast) -> dict[str, Any]:
    return {"target": TagFactory(cohort=cast.cohort).pk}


def coming_week(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "week": f"{audience.coming_week(cast.cohort, timezone.now()):%Y-%m-%d}"}


def sample(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "sample": "notifications.edition"}


def new_name(cast: Cast) -> dict[str, Any]:
    return {"name": f"name {Tag.objects.count()}"}


def failed(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "delivery_pk": _failed_mail(cast.mia)}


def failed_elsewhere(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "delivery_pk": _failed_mail(cast.olga)}


def _failed_mail(member: Membership) -> int:
    delivery = Delivery.objects.create(
        kind="sessions.seat",
        dedupe_key=f"table:{Delivery.objects.count()}",
        cohort=member.cohort,
        recipient=member,
        state="failed",
    )
    return delivery.pk


def address(cast: Cast) -> dict[str, Any]:
    return {"address": cast.mia.user.email}


ROWS: list[Row] = [
    *(
        Row(f"facilitation:{page}", method, facilitators(status))
        for page in ("console", "sessions", "deliveries", "answer_list", "link_list", "roster")
        for method, status in (("GET", 200), ("POST", 405))
    ),
    Row("facilitation:deliveries_retry", "GET", facilitators(405)),
    Row("facilitation:deliveries_retry", "POST", facilitators(302)),
    Row("facilitation:delivery_detail", "GET", facilitators(200), failed),
    Row("facilitation:delivery_detail", "POST", facilitators(405), failed),
    Row(
        "facilitation:delivery_detail", "GET", facilitators(404), failed_elsewhere, case="elsewhere"
    ),
    Row("facilitation:delivery_retry", "GET", facilitators(405), failed),
    Row("facilitation:delivery_retry", "POST", facilitators(302), failed),
    Row(
        "facilitation:delivery_retry", "POST", facilitators(404), failed_elsewhere, case="elsewhere"
    ),
    Row("facilitation:address_trial", "GET", facilitators(405)),
    Row("facilitation:address_trial", "POST", facilitators(302), data=address),
    Row("facilitation:roster_export", "GET", facilitators(405)),
    Row("facilitation:roster_export", "POST", facilitators(302)),
    Row("facilitation:roster_import", "GET", facilitators(200)),
    Row("facilitation:roster_import", "POST", facilitators(422), case="with nothing in it"),
    Row("facilitation:roster_import_detail", "GET", facilitators(200), kept),
    Row("facilitation:roster_import_detail", "POST", facilitators(302), kept),
    Row(
        "facilitation:roster_import_detail",
        "POST",
        facilitators(404),
        kept_elsewhere,
        case="of another cohort",
    ),
    Row("facilitation:roster_import_refused", "GET", facilitators(200), kept),
    Row("facilitation:roster_import_refused", "POST", facilitators(405), kept),
    Row("facilitation:edition", "GET", facilitators(302)),
    Row("facilitation:edition", "POST", facilitators(405)),
    Row("facilitation:edition_note", "GET", facilitators(200), coming_week),
    Row("facilitation:edition_note", "POST", facilitators(422), coming_week, case="empty"),
    Row(
        "facilitation:edition_note",
        "POST",
        facilitators(302),
        coming_week,
        lambda cast: {"body": "A note.", "version": 0},
    ),
    Row("facilitation:edition_note_draft", "GET", facilitators(405), coming_week),
    Row("facilitation:edition_note_draft", "POST", facilitators(204), coming_week),
    Row("facilitation:edition_note_withdrawal", "GET", facilitators(405), coming_week),
    Row("facilitation:edition_note_withdrawal", "POST", facilitators(302), coming_week),
    Row("facilitation:edition_test", "GET", facilitators(405), coming_week),
    Row("facilitation:edition_test", "POST", facilitators(302), coming_week),
    Row("facilitation:edition_preview", "GET", facilitators(200), coming_week),
    Row("facilitation:edition_preview", "POST", facilitators(405), coming_week),
    *(
        Row(f"facilitation:{page}", method, facilitators(status), arguments)
        for page, arguments in (
            ("mail_list", lambda cast: PLACE),
            ("mail_detail", sample),
            ("mail_frame", sample),
        )
        for method, status in (("GET", 200), ("POST", 405))
    ),
    Row("facilitation:tag_list", "GET", facilitators(200)),
    Row("facilitation:tag_list", "POST", facilitators(405)),
    Row("facilitation:tag_edit", "GET", facilitators(200), tag),
    Row("facilitation:tag_edit", "GET", facilitators(404), tag_elsewhere, case="of another cohort"),
    Row("facilitation:tag_edit", "POST", facilitators(302), tag, new_name),
    Row("facilitation:tag_merge", "GET", facilitators(422), tag, case="into none"),
    Row("facilitation:tag_merge", "POST", facilitators(302), tag, other_tag),
    Row("facilitation:tag_merge", "POST", facilitators(404), tag_elsewhere, other_tag),
    Row("facilitation:tag_removal", "GET", facilitators(405), tag),
    Row("facilitation:tag_removal", "POST", facilitators(302), tag),
    Row("facilitation:member_edit", "GET", facilitators(302), mia),
    Row("facilitation:member_edit", "POST", facilitators(302), mia),
    Row("facilitation:member_removal", "GET", facilitators(405), mia),
    Row("facilitation:member_removal", "POST", facilitators(302), mia),
    Row("facilitation:member_restoration", "GET", facilitators(405), mia),
    Row("facilitation:member_restoration", "POST", facilitators(302), mia),
]
