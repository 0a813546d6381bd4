"""One post on a page of its own: all that can be done with it, and what it said before."""

from collections import defaultdict
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.models import Membership
from forums import permissions
from forums.models import Post, Reaction
from forums.queries.history import versions_of
from forums.queries.moved import new_place_of
from forums.queries.page import PostRow, read_post
from forums.views.posts import find_post
from forums.views.threads import for_posts, number_in, seek_thread

SIGNS = {
    Reaction.Kind.THANKS: "hand-heart",
    Reaction.Kind.AGREE: "thumbs-up",
    Reaction.Kind.LEARNED: "lightbulb",
    Reaction.Kind.TRYING: "sprout",
}


@member_required
@require_safe
def post_detail(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    thread = seek_thread(request, thread_pk)
    row = read_post(thread, request.membership, number) if thread else None
    if thread is None or row is None:
        moved = new_place_of(request.membership, thread_pk, number)
        if moved is None:
            raise Http404
        return redirect("forums:post_detail", request.cohort.slug, moved.thread_id, moved.number)
    context: dict[str, Any] = {
        "thread": thread,
        "row": row,
        "one_row": [row],
        "permalink": request.build_absolute_uri(
            f"{thread.get_absolute_url()}?post={number}#post-{number}"
        ),
        "reactions": _reactions(row, request.membership),
        "reaction_kinds": [(kind.value, kind.label, SIGNS[kind]) for kind in Reaction.Kind],
        "member_url": reverse("cohort:people", args=[request.cohort.slug]),
        **for_posts(request, thread),
    }
    return render(request, "forums/post_detail.html", context)


def _reactions(row: PostRow, member: Membership) -> list[dict[str, Any]]:
    """Each kind of reaction with who gave it."""
    people: dict[str, list[Membership]] = defaultdict(list)
    if row.reactions:
        given = Reaction.objects.filter(post=row.pk).select_related("member__user")
        for reaction in given.order_by("created_at", "pk"):
            people[reaction.kind].append(reaction.member)
    return [
        {
            "kind": kind.value,
            "label": kind.label,
            "sign": SIGNS[kind],
            "people": people[kind.value],
            "is_mine": member in people[kind.value],
        }
        for kind in Reaction.Kind
    ]


@member_required
@require_safe
def post_history(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    """What a post said before: for its author and the facilitators."""
    post = find_post(request, thread_pk, number)
    require(permissions.can_see_history(request.membership, post))
    page = number_in(request, "page") or 1
    versions, has_older = versions_of(post, page)
    if not versions:
        raise Http404
    context = {
        "post": post,
        "versions": versions,
        "newer": page - 1,
        "older": page + 1 if has_older else 0,
    }
    return render(request, "forums/post_history.html", context)


def post_url(post: Post) -> str:
    return f"{post.thread.get_absolute_url()}posts/{post.number}/"
