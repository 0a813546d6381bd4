"""Answering a poll, ending it, and who chose what."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from forums import permissions, services
from forums.models import Poll, PollOption, Post
from forums.queries.polls import polls_of, voters_of
from forums.views.posts import find_post


@member_required
@require_POST
def vote_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    """The choices sent, in place of those before; `withdraw` takes them back."""
    post = find_post(request, thread_pk, number)
    require(request.membership.may_write)
    poll = _poll(post)
    chosen = _chosen(request, poll)
    if not chosen and "withdraw" not in request.POST:
        messages.error(request, _("Nothing was chosen. Please choose an answer, then vote."))
        return redirect(post)
    try:
        services.vote(poll=poll, member=request.membership, options=chosen)
    except services.Refused as refused:
        messages.error(request, refused.reason)
    else:
        done = _("Your vote was counted.") if chosen else _("Your vote was taken back.")
        messages.success(request, done)
    return redirect(post)


def _chosen(request: MemberRequest, poll: Poll) -> list[PollOption]:
    if "withdraw" in request.POST:
        return []
    sent = set(request.POST.getlist("option"))
    return [option for option in poll.options.all() if str(option.pk) in sent]


@member_required
@require_POST
def poll_closing_create(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    post = find_post(request, thread_pk, number)
    require(permissions.can_close_poll(request.membership, post))
    try:
        services.close_poll(poll=_poll(post))
    except services.Refused as refused:
        messages.error(request, refused.reason)
    return redirect(post)


@member_required
@require_safe
def vote_list(request: MemberRequest, thread_pk: int, number: int) -> HttpResponse:
    """Who chose what. There is no such page of an anonymous poll, nor before one has voted."""
    post = find_post(request, thread_pk, number)
    poll = polls_of(request.membership, [post.pk]).get(post.pk)
    if poll is None or poll.is_anonymous:
        raise Http404
    require(poll.shows_results)
    context = {"post": post, "poll": poll, "choices": voters_of(_poll(post))}
    return render(request, "forums/vote_list.html", context)


def _poll(post: Post) -> Poll:
    poll = Poll.objects.filter(post=post, post__deleted_at=None, post__hidden_at=None).first()
    if poll is None:
        raise Http404
    return poll
