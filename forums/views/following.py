"""What one hears of: the level of a space or thread, followed themes and tags, and what is read."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.models import Tag, Theme
from cohort.services.tags import find_tag
from forums import permissions
from forums.models import Level, Space, Thread
from forums.queries.following import followed_by, level_of
from forums.services import following, note_reading

NOW_HEARS = {
    Level.EVERYTHING: gettext_lazy("You get a mail for everything in “%(name)s”."),
    Level.CONCERNS: gettext_lazy("You get a mail when you are named or answered in “%(name)s”."),
    Level.QUIET: gettext_lazy("“%(name)s” is quiet for you now."),
}


@member_required
@require_safe
def following_list(request: MemberRequest) -> HttpResponse:
    """Everything one follows, with a change for each."""
    require(permissions.can_follow(request.membership))
    context = {"followed": followed_by(request.membership), "levels": Level.choices}
    return render(request, "forums/following_list.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_following(request: MemberRequest, thread_pk: int) -> HttpResponse:
    """How much one hears of a thread; the menu of this page is shown in the thread itself."""
    thread = _thread(request, thread_pk)
    if request.method == "POST":
        return _choose(request, thread, thread.title)
    context = {"thread": thread, "level": level_of(request.membership, thread)}
    return render(request, "forums/thread_following.html", context)


@member_required
@require_POST
def thread_following_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = _thread(request, thread_pk)
    following.unfollow(member=request.membership, subject=thread)
    return redirect(_back(request, thread.get_absolute_url()))


@member_required
@require_POST
def space_following(request: MemberRequest, space_slug: str) -> HttpResponse:
    spaces = Space.objects.visible_to(request.membership).select_related("cohort")
    space = get_object_or_404(spaces, slug=space_slug)
    require(permissions.can_follow(request.membership))
    return _choose(request, space, space.name)


@member_required
@require_POST
def space_following_all(request: MemberRequest) -> HttpResponse:
    require(permissions.can_follow(request.membership))
    level = request.POST.get("level", "")
    if level in Level.values:
        following.follow_all_spaces(member=request.membership, level=level)
        messages.success(request, _("All spaces are the same for you now."))
    else:
        messages.error(request, _("Please choose one of the three."))
    return redirect("forums:following_list", request.cohort.slug)


def _choose(request: MemberRequest, subject: Space | Thread, name: str) -> HttpResponse:
    level = request.POST.get("level", "")
    if level in Level.values:
        following.follow(member=request.membership, subject=subject, level=level)
        messages.success(request, NOW_HEARS[Level(level)] % {"name": name})
    else:
        messages.error(request, _("Please choose one of the three."))
    return redirect(_back(request, subject.get_absolute_url()))


@member_required
@require_POST
def theme_following(request: MemberRequest, theme_slug: str) -> HttpResponse:
    return _follow(request, get_object_or_404(Theme, slug=theme_slug))


@member_required
@require_POST
def theme_following_removal(request: MemberRequest, theme_slug: str) -> HttpResponse:
    return _unfollow(request, get_object_or_404(Theme, slug=theme_slug))


@member_required
@require_POST
def tag_following(request: MemberRequest, tag_slug: str) -> HttpResponse:
    tag = find_tag(request.membership, tag_slug)
    if tag is None:
        raise Http404
    return _follow(request, tag)


@member_required
@require_POST
def tag_following_removal(request: MemberRequest, tag_slug: str) -> HttpResponse:
    """Also of one that is out of sight since."""
    tags = Tag.objects.filter(cohort=request.cohort)
    followed = tags.filter(follows__member=request.membership, slug=tag_slug.replace("\0", ""))
    tag = followed.first() or find_tag(request.membership, tag_slug)
    if tag is None:
        raise Http404
    return _unfollow(request, tag)


def _follow(request: MemberRequest, subject: Theme | Tag) -> HttpResponse:
    require(permissions.can_follow(request.membership))
    following.follow(member=request.membership, subject=subject)
    messages.success(
        request,
        _("You get a mail when a discussion about “%(name)s” begins.") % {"name": subject.name},
    )
    return redirect(_back(request, _list_url(request)))


def _unfollow(request: MemberRequest, subject: Theme | Tag) -> HttpResponse:
    require(permissions.can_follow(request.membership))
    following.unfollow(member=request.membership, subject=subject)
    return redirect(_back(request, _list_url(request)))


@member_required
@require_POST
def reading_all(request: MemberRequest) -> HttpResponse:
    """Everything read: in the space that is named, or in all."""
    member = request.membership
    require(permissions.can_follow(member))
    space = None
    if slug := request.POST.get("space"):
        space = get_object_or_404(Space.objects.visible_to(member), slug=slug.replace("\0", " "))
    count = following.mark_all_read(member=member, space=space)
    messages.success(
        request,
        ngettext("%(n)d discussion is read now.", "%(n)d discussions are read now.", count)
        % {"n": count},
    )
    return redirect(_back(request, _list_url(request)))


@member_required
@require_POST
def reading_create(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = _thread(request, thread_pk)
    note_reading(member=request.membership, thread=thread, number=thread.last_number)
    return redirect(_back(request, _list_url(request)))


@member_required
@require_POST
def reading_removal(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = _thread(request, thread_pk)
    following.mark_unread(member=request.membership, thread=thread)
    messages.success(request, _("“%(name)s” is unread again.") % {"name": thread.title})
    return redirect(_list_url(request))


def _thread(request: MemberRequest, thread_pk: int) -> Thread:
    thread = get_object_or_404(Thread.objects.visible_to(request.membership), pk=thread_pk)
    require(permissions.can_follow(request.membership))
    thread.cohort = request.cohort
    return thread


def _list_url(request: MemberRequest) -> str:
    return reverse("forums:thread_list", args=[request.cohort.slug])


def _back(request: MemberRequest, otherwise: str) -> str:
    """The page of ours where the button stood."""
    there = request.POST.get("next", "")
    is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if is_ours else otherwise
