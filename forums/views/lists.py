from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.models import Membership, Tag, Team, Theme
from cohort.services.tags import tags_in_sight
from forums import permissions
from forums.models import Space, Thread
from forums.queries import Filters, list_threads
from forums.queries.following import levels_of
from forums.queries.lists import SHOWS, Counts, SavedList, ThreadList, count_news, list_saved

SELECTED = SafeString(" selected")


@member_required
@require_safe
def thread_list(request: MemberRequest) -> HttpResponse:
    member = request.membership
    spaces = list(Space.objects.visible_to(member).in_order())
    themes = list(Theme.objects.all())
    teams, tag = _teams_and_tag(request)
    filters = _filters(request, spaces, themes, teams, tag)
    levels = levels_of(member)
    may_follow = permissions.can_follow(member)
    counts = count_news(member, levels, spaces) if may_follow else Counts()
    older = request.GET.get("older", "")
    page: ThreadList | SavedList
    if filters.show == "saved":
        page = list_saved(member, filters, older, levels)
    else:
        page = list_threads(member, filters, older, levels=levels, themes=themes)
    context = {
        "filters": filters,
        "spaces": [(space, counts.spaces.get(space.pk, 0)) for space in spaces],
        "theme_options": _options(
            ((theme.slug, f"– {theme}" if theme.parent_id else theme.name) for theme in themes),
            filters.theme.slug if filters.theme else "",
        ),
        "team_options": _options(
            ((team.slug, team.name) for team in teams), filters.team.slug if filters.team else ""
        ),
        "kind_options": _options(Thread.Kind.choices, filters.kind),
        "tabs": _tabs(member, counts),
        "page": page,
        "level": levels.of_space(filters.space.pk) if filters.space else "",
        "may_start": member.may_write,
        "may_follow": may_follow,
        "can_mark_all": may_follow and filters.show in ("unread", "new"),
        "is_first_page": "older" not in request.GET,
    }
    return render(request, "forums/thread_list.html", context)


def _teams_and_tag(request: MemberRequest) -> tuple[list[Team], Tag | None]:
    """The cohort's teams by name, and the tag that is asked for, in one query."""
    teams = Team.objects.filter(cohort=request.cohort)
    slug = request.GET.get("tag", "").replace("\0", "")
    if not slug:
        return list(teams.only("slug", "name").order_by("name")), None
    columns = ("pk", "slug", "name")
    tags = tags_in_sight(request.membership).filter(slug=slug).values_list(*columns, Value(True))
    found = [
        (is_tag, dict(zip(columns, values, strict=True)))
        for *values, is_tag in teams.values_list(*columns, Value(False)).union(tags, all=True)
    ]
    by_name = sorted((Team(**team) for is_tag, team in found if not is_tag), key=str)
    return by_name, next((Tag(**tag) for is_tag, tag in found if is_tag), None)


def _filters(
    request: MemberRequest,
    spaces: list[Space],
    themes: list[Theme],
    teams: list[Team],
    tag: Tag | None,
) -> Filters:
    """What the address asks for; anything it cannot mean is left out."""
    asked = request.GET
    show, kind = asked.get("show", ""), asked.get("kind", "")
    return Filters(
        space=next((space for space in spaces if space.slug == asked.get("space")), None),
        theme=next((theme for theme in themes if theme.slug == asked.get("theme")), None),
        tag=tag,
        team=next((team for team in teams if team.slug == asked.get("team")), None),
        kind=kind if kind in Thread.Kind.values else "",
        show=show if show in SHOWS else "all",
        sort="new" if asked.get("sort") == "new" else "activity",
    )


def _tabs(member: Membership, counts: Counts) -> Iterator[tuple[str | None, str, int]]:
    """What to show, its name, and how many wait there."""
    yield None, _("All"), 0
    if permissions.can_follow(member):
        yield "unread", _("Unread"), counts.unread
    if member.previous_visit_at:
        yield "new", _("Since last visit"), counts.since
    if permissions.can_follow(member):
        yield "following", _("Following"), 0
        yield "mine", _("Mine"), 0
        yield "saved", _("Saved"), 0
    yield "unanswered", _("Unanswered"), 0


def _options(choices: Iterable[tuple[str, Any]], chosen: str) -> SafeString:
    """Options of a select, made faster than a template would: they stand on every list."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == chosen else "", name) for value, name in choices),
    )
