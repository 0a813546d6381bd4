"""Who may open what in `forums`."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cohort.files import check_upload
from cohort.models import Audience
from forums import services
from forums.models import Draft, Poll, Post, Space, Thread
from forums.services.polls import attach_poll
from tests.access.table import Row, facilitators, inside, writers
from tests.conftest import Cast
from tests.factories import PostFactory, SpaceFactory, ThreadFactory


def commons(cast: Cast) -> dict[str, Any]:
    """A question of mia's with a reply of hers, in a space of the whole cohort."""
    thread = ThreadFactory(
        space=SpaceFactory(cohort=cast.cohort), author=cast.mia, kind=Thread.Kind.QUESTION
    )
    PostFactory(thread=thread, author=cast.mia)
    return {"cohort_slug": cast.cohort.slug, "thread_pk": thread.pk}


def commons_post(cast: Cast) -> dict[str, Any]:
    return {**commons(cast), "number": 2}


def team_room(cast: Cast) -> dict[str, Any]:
    space = services.ensure_team_space(cast.team)
    thread = ThreadFactory(space=space, author=cast.mia, kind=Thread.Kind.QUESTION)
    PostFactory(thread=thread, author=cast.mia)
    return {"cohort_slug": cast.cohort.slug, "thread_pk": thread.pk}


def team_post(cast: Cast) -> dict[str, Any]:
    return {**team_room(cast), "number": 2}


def back_room(cast: Cast) -> dict[str, Any]:
    space = SpaceFactory(cohort=cast.cohort, audience=Audience.FACILITATORS)
    thread = ThreadFactory(space=space, author=cast.fay)
    return {"cohort_slug": cast.cohort.slug, "thread_pk": thread.pk}


def poll(cast: Cast) -> dict[str, Any]:
    """In mia's reply; nobody has voted."""
    return _asking(commons_post(cast))


def team_poll(cast: Cast) -> dict[str, Any]:
    return _asking(team_post(cast))


def _asking(place: dict[str, Any]) -> dict[str, Any]:
    post = Post.objects.get(thread=place["thread_pk"], number=place["number"])
    attach_poll(post, services.NewPoll("Which day?", ["Monday", "Friday"]))
    return place


def closed_poll(cast: Cast) -> dict[str, Any]:
    place = poll(cast)
    Poll.objects.update(closes_at=timezone.now())
    return place


def reply(cast: Cast) -> dict[str, Any]:
    return {"body": "A thought."}


def only_mia(status: int) -> dict[str, int | str]:
    """Her own post: nobody else edits or removes it."""
    return inside(403, mia=status)


def in_team(status: int) -> dict[str, int | str]:
    return inside(status, obi=404, tia=404)


def in_back_room(status: int) -> dict[str, int | str]:
    return inside(404, fay=status)


THREAD, LIST = "forums:thread_detail", "forums:thread_list"
NOT_ALLOWED = inside(405)


def own_file(cast: Cast) -> dict[str, Any]:
    """In no post yet: nobody's but mia's."""
    checked = check_upload(SimpleUploadedFile("plan.txt", b"The plan."))
    kept = services.add_attachment(member=cast.mia, checked=checked)
    return {"cohort_slug": cast.cohort.slug, "attachment_pk": kept.pk}


def posted_file(cast: Cast, space: Space) -> dict[str, Any]:
    thread = ThreadFactory(space=space, author=cast.mia)
    args = own_file(cast)
    kept = cast.mia.attachments.get(pk=args["attachment_pk"])
    html = services.attachment_html(kept)
    services.publish_reply(thread=thread, author=cast.mia, body=html)
    return args


def commons_file(cast: Cast) -> dict[str, Any]:
    return posted_file(cast, SpaceFactory(cohort=cast.cohort))


def team_file(cast: Cast) -> dict[str, Any]:
    return posted_file(cast, services.ensure_team_space(cast.team))


def upload(cast: Cast) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.txt", b"The plan.")}


def begun(cast: Cast) -> dict[str, Any]:
    return {"draft": "new", "title": "A thought"}


def mailed(cast: Cast) -> dict[str, Any]:
    """What mia answered by mail, kept as a draft of hers."""
    thread_pk, key = commons(cast)["thread_pk"], uuid.uuid4().hex
    place = f"mail:{thread_pk}:{key}"
    Draft.objects.create(member=cast.mia, place=place, body="<p>A thought.</p>", is_html=True)
    return {"cohort_slug": cast.cohort.slug, "key": key}


ROWS: list[Row] = [
    Row("forums:thread_edit", "GET", inside(403, fay=200, mia=200), commons),
    Row(
        "forums:thread_edit", "GET", {**in_team(403), "fay": 200, "mia": 200}, team_room,
        case="of a team",
    ),
    Row("forums:thread_edit", "POST", inside(403, fay=422, mia=422), commons),
    Row("forums:mailed_draft", "GET", inside(404, mia=200), args=mailed),
    Row("forums:mailed_draft", "POST", inside(405), args=mailed),
    Row("forums:draft_list", "GET", writers(200)),
    Row("forums:draft_list", "POST", writers(204), data=begun),
    Row("forums:draft_removal", "GET", NOT_ALLOWED),
    Row("forums:draft_removal", "POST", writers(302), data=begun),
    Row("forums:editor", "GET", writers(200)),
    Row("forums:editor", "POST", NOT_ALLOWED),
    # Without a space there is nobody to name.
    Row("forums:name_list", "GET", writers(404)),
    Row("forums:name_list", "POST", NOT_ALLOWED),
    Row("forums:name_count", "GET", NOT_ALLOWED),
    Row("forums:name_count", "POST", writers(404)),
    Row("forums:attachment_create", "GET", NOT_ALLOWED),
    Row("forums:attachment_create", "POST", writers(201), data=upload),
    Row("forums:attachment", "GET", inside(404, mia=200), own_file, case="in no post"),
    Row("forums:attachment", "GET", inside(200), commons_file),
    Row("forums:attachment", "GET", in_team(200), team_file, case="of a team"),
    Row("forums:attachment", "POST", NOT_ALLOWED, commons_file),
    Row(LIST, "GET", inside(200)),
    Row(LIST, "POST", NOT_ALLOWED),
    Row("forums:thread_create", "GET", writers(200)),
    Row("forums:thread_create", "POST", writers(422)),
    Row(THREAD, "GET", inside(200), commons),
    Row(THREAD, "GET", in_team(200), team_room, case="of a team"),
    Row(THREAD, "GET", in_back_room(200), back_room, case="of the facilitators"),
    Row(THREAD, "POST", NOT_ALLOWED, commons),
    Row("forums:post_create", "GET", NOT_ALLOWED, commons),
    Row("forums:post_create", "POST", writers(302), commons, reply),
    Row("forums:post_create", "POST", in_team(302), team_room, reply, case="of a team"),
    Row("forums:post_create", "POST", in_back_room(302), back_room, reply, case="back room"),
    Row("forums:post_edit", "GET", only_mia(200), commons_post),
    Row("forums:post_edit", "POST", only_mia(302), commons_post, reply),
    Row(
        "forums:post_edit", "POST", inside(403, obi=404, mia=302, tia=404), team_post, reply,
        case="of a team",
    ),
    Row("forums:post_removal", "GET", only_mia(200), commons_post),
    Row("forums:post_removal", "POST", only_mia(302), commons_post),
    Row(
        "forums:post_removal", "POST", inside(403, obi=404, mia=302, tia=404), team_post,
        case="of a team",
    ),
    Row("forums:vote_create", "GET", NOT_ALLOWED, poll),
    Row("forums:vote_create", "POST", writers(302), poll),
    Row("forums:vote_create", "POST", in_team(302), team_poll, case="of a team"),
    Row("forums:poll_closing_create", "GET", NOT_ALLOWED, poll),
    Row("forums:poll_closing_create", "POST", inside(403, mia=302, fay=302), poll),
    Row(
        "forums:poll_closing_create", "POST", inside(403, obi=404, tia=404, mia=302, fay=302),
        team_poll, case="of a team",
    ),
    Row("forums:vote_list", "GET", inside(403, obi=200), poll, case="before voting"),
    Row("forums:vote_list", "GET", inside(200), closed_poll),
    Row("forums:vote_list", "GET", inside(403, obi=404, tia=404), team_poll, case="of a team"),
    Row("forums:vote_list", "POST", NOT_ALLOWED, poll),
    Row("forums:answer_create", "GET", NOT_ALLOWED, commons_post),
    Row("forums:answer_create", "POST", inside(403, mia=302, fay=302), commons_post),
    Row(
        "forums:answer_create", "POST", inside(302, obi=404, theo=403, tia=404), team_post,
        case="of a team",
    ),
    Row("forums:answer_removal", "GET", NOT_ALLOWED, commons),
    Row("forums:answer_removal", "POST", inside(403, mia=302, fay=302), commons),
    Row(
        "forums:answer_removal", "POST", inside(302, obi=404, theo=403, tia=404), team_room,
        case="of a team",
    ),
    *(
        row
        for route in ("pin_create", "pin_removal", "closing_create", "closing_removal")
        for row in (
            Row(f"forums:{route}", "GET", NOT_ALLOWED, commons),
            Row(f"forums:{route}", "POST", facilitators(302), commons),
            Row(
                f"forums:{route}", "POST", inside(403, obi=404, tia=404, fay=302), team_room,
                case="of a team",
            ),
        )
    ),
]  # fmt: skip
