"""Answering a post lightly, and saving it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from forums import services
from forums.models import Post, Reaction
from forums.views.post_pages import post_url
from forums.views.posts import find_post


@member_required
@require_POST
def reaction_toggle(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(request.membership.may_write)
    kind = request.POST.get("kind")
    if kind not in Reaction.Kind.values:
        return HttpResponseBadRequest(_("There is no such reaction."))
    try:
        services.toggle_reaction(post=post, member=request.membership, kind=Reaction.Kind(kind))
    except services.Refused as refused:
        messages.error(request, refused.reason)
    return _back(request, post)


@member_required
@require_POST
def bookmark_toggle(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(request.membership.may_write)
    try:
        services.toggle_bookmark(post=post, member=request.membership)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    return _back(request, post)


def _back(request: MemberRequest, post: Post) -> HttpResponse:
    """To the post in its thread, or to where the form says it stood: its own page, a list."""
    if request.POST.get("back") == "saved":
        return redirect(f"{reverse('forums:thread_list', args=[request.cohort.slug])}?show=saved")
    return redirect(post_url(post)) if request.POST.get("back") == "post" else redirect(post)
