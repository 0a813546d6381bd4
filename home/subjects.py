"""A theme or a tag: all there is about it, in one place."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.models import Theme
from cohort.services.tags import find_tag
from forums.permissions import can_follow
from forums.queries import tag_threads, theme_threads
from forums.queries.following import levels_of
from resources.queries import tag_lines, theme_lines
from sessions.queries import theme_sessions

ROWS = 8


@member_required
@require_safe
def theme_detail(request: MemberRequest, theme_slug: str) -> HttpResponse:
    themes = list(Theme.objects.all())
    theme = next((theme for theme in themes if theme.slug == theme_slug), None)
    if theme is None:
        raise Http404
    member, levels = request.membership, levels_of(request.membership)
    top = next(each for each in themes if each.pk == (theme.parent_id or theme.pk))
    context = {
        "theme": theme,
        "top": top,
        "lessons": [each for each in themes if each.parent_id == top.pk],
        "may_follow": can_follow(member),
        "is_followed": levels.follows(theme),
        "threads": theme_threads(member, theme, levels, themes, limit=ROWS),
        "sessions": theme_sessions(member, theme)[:ROWS],
        "resources": theme_lines(member, theme, limit=ROWS),
    }
    return render(request, "home/theme_detail.html", context)


@member_required
@require_safe
def tag_detail(request: MemberRequest, tag_slug: str) -> HttpResponse:
    """What carries a member's own word. Whoever sees something that does sees it."""
    member = request.membership
    tag = find_tag(member, tag_slug)
    if tag is None:
        raise Http404
    levels = levels_of(member)
    context = {
        "tag": tag,
        "may_follow": can_follow(member),
        "is_followed": levels.follows(tag),
        "threads": tag_threads(member, tag, levels, limit=ROWS),
        "resources": tag_lines(member, tag, limit=ROWS),
    }
    return render(request, "home/tag_detail.html", context)
