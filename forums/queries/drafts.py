"""What a member has begun to write, and where it belongs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort import richtext
from cohort.models import Membership
from cohort.references import thing_of
from forums import draft_places
from forums.models import Draft, Post, Space, Thread

_PLACE = re.compile(r"(?:new|(?P<kind>new|thread|post):(?P<pk>[1-9]\d{0,17}))", re.ASCII)
# The first comment on a thing.
_ABOUT = re.compile(r"about:(?P<reference>[a-z]{1,20}:[1-9]\d{0,17})", re.ASCII)
# What came by mail: its thread, and the key of the mail.
_MAILED = re.compile(r"mail:(?P<pk>[1-9]\d{0,17}):(?P<key>[0-9a-f]{32})", re.ASCII)


@dataclass
class DraftRow:
    place: str
    about: str  # where it belongs, in words
    url: str  # where one goes on writing; empty where that is not possible any more
    text: str
    updated_at: datetime


def draft_at(member: Membership, place: str) -> Draft | None:
    return Draft.objects.visible_to(member).filter(place=place).first()


def draft_of(row: dict[str, Any] | None) -> Draft | None:
    """What `opening.opened_by` put on a thread."""
    if row is None:
        return None
    return Draft(**{**row, "updated_at": datetime.fromisoformat(row["updated_at"])})


def is_place_of(member: Membership, place: str) -> bool:
    """Whether the member may be writing there.

    That is a new thread, a reply, an edit of their own post, the first comment on a thing, or what
    a room above this one registered.
    """
    if _MAILED.fullmatch(place):
        return draft_at(member, place) is not None
    if draft_places.find(member, place):
        return True
    if about := _ABOUT.fullmatch(place):
        return thing_of(about["reference"], member) is not None
    named = _PLACE.fullmatch(place)
    if named is None:
        return False
    if named["kind"] == "new":
        return Space.objects.visible_to(member).filter(pk=int(named["pk"])).exists()
    if named["kind"] == "thread":
        return Thread.objects.reachable_by(member).filter(pk=int(named["pk"])).exists()
    if named["kind"] == "post":
        mine = Post.objects.reachable_by(member).filter(author=member)
        return mine.filter(pk=int(named["pk"])).exists()
    return True


def thread_pk_of_mailed(place: str) -> int:
    """The thread for which a draft came by mail; 0 for every other place."""
    found = _MAILED.fullmatch(place)
    return int(found["pk"]) if found else 0


def mailed_draft(member: Membership, key: str) -> Draft | None:
    """The draft that a member's mail became, by the key of the mail."""
    drafts = Draft.objects.visible_to(member).filter(place__startswith="mail:")
    return drafts.filter(place__endswith=f":{key}").first()


def list_drafts(member: Membership) -> list[DraftRow]:
    """All of a member's drafts, the latest first, with the titles of what they still may see."""
    drafts = list(Draft.objects.visible_to(member).order_by("-updated_at", "-pk"))
    thread_pks = {*_pks(drafts, "thread:"), *(thread_pk_of_mailed(each.place) for each in drafts)}
    threads = {
        thread.pk: thread for thread in Thread.objects.visible_to(member).filter(pk__in=thread_pks)
    }
    posts = {
        post.pk: post
        for post in Post.objects.visible_to(member)
        .filter(author=member, deleted_at=None, pk__in=_pks(drafts, "post:"))
        .select_related("thread")
    }
    spaces = {space.pk: space for space in Space.objects.visible_to(member)}
    return [_row(draft, member, spaces, threads, posts) for draft in drafts]


def url_of(member: Membership, place: str) -> str:
    """Where one goes on writing a draft; empty where there is none."""
    return next((row.url for row in list_drafts(member) if row.place == place), "")


def _pks(drafts: Iterable[Draft], kind: str) -> list[int]:
    return [int(each.place.removeprefix(kind)) for each in drafts if each.place.startswith(kind)]


def place_of_new(space: Space | None) -> str:
    """Where a thread is drafted that was begun in a space, or in none."""
    return f"new:{space.pk}" if space else "new"


def _row(
    draft: Draft,
    member: Membership,
    spaces: dict[int, Space],
    threads: dict[int, Thread],
    posts: dict[int, Post],
) -> DraftRow:
    kind, _colon, pk = draft.place.partition(":")
    slug, url, about = member.cohort.slug, "", _("Where it belonged you cannot write any more")
    if draft.place == "new":
        about = draft.title or _("A new discussion")
        url = reverse("forums:thread_create", args=[slug])
    elif kind == "new" and (space := spaces.get(int(pk))):
        words = {"title": draft.title or _("A new discussion"), "space": space.name}
        about = _("%(title)s, in %(space)s") % words
        url = f"{reverse('forums:thread_create', args=[slug])}?space={space.slug}"
    elif elsewhere := draft_places.find(member, draft.place, draft.title):
        about, url = elsewhere.about, elsewhere.url
    elif kind == "thread" and (thread := threads.get(int(pk))):
        about = _("Reply in “%(title)s”") % {"title": thread.title}
        if thread.is_open:
            url = f"{reverse('forums:thread_detail', args=[slug, thread.pk])}#reply"
        else:
            about = _("Reply in “%(title)s”, which is closed") % {"title": thread.title}
    elif kind == "about" and (thing := thing_of(pk, member)):
        about = _("Comment on “%(title)s”") % {"title": thing.title}
        url = f"{thing.url}#reply"
    elif kind == "mail" and (thread := threads.get(thread_pk_of_mailed(draft.place))):
        about = _("Your answer by mail in “%(title)s”") % {"title": thread.title}
        url = reverse("forums:mailed_draft", args=[slug, draft.place.rpartition(":")[2]])
    elif kind == "post" and (post := posts.get(int(pk))):
        about = _("Change of your post in “%(title)s”") % {"title": post.thread.title}
        url = reverse("forums:post_edit", args=[slug, post.thread_id, post.number])
    return DraftRow(draft.place, about, url, text_of(draft), draft.updated_at)


def text_of(draft: Draft) -> str:
    """All that was written, as plain text."""
    parts = [
        draft.body,
        *(draft.fields.get(name, "") for name in ("situation", "tried", "question")),
    ]
    if draft.is_html:
        parts = [richtext.to_text(richtext.sanitize_post(part)) for part in parts]
    return "\n\n".join(part for part in parts if part.strip())
