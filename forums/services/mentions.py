"""Who is named in a post with an @: people and whole teams, among those who may read it."""

import re
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape

from cohort.models import Audience, Membership, Team
from forums.models import Mention, Post, Space

_LINK = re.compile(
    r'<a (?=[^>]*class="mention")[^>]*href="/c/[-\w]+/(?P<kind>people|teams)/(?P<key>[-\w]+)/"'
    r"[^>]*>[^<]*</a>"
)
# What somebody types who has no editor; not within an address or a word.
_TYPED = re.compile(r"(?<![\w@/.])@(?=\w)")


@dataclass
class Named:
    """What a text became, and whom it names."""

    html: str
    members: set[int] = field(default_factory=set)
    teams: set[int] = field(default_factory=set)


def read_mentions(html: str, space: Space) -> Named:
    """Sanitized HTML whose mentions all lead to readers of the space, under their real names.

    A mention of somebody who may not read there, or who left, stays as plain words.
    """
    if 'class="mention"' not in html:
        return Named(html)
    links = [(link["kind"], link["key"]) for link in _LINK.finditer(html)]
    people = [int(key) for kind, key in links if kind == "people" and key.isdecimal()]
    slugs = [key for kind, key in links if kind == "teams"]
    members: dict[str, Membership] = {
        str(member.pk): member
        for member in space.readers().filter(pk__in=list(people)).select_related("user")
    }
    teams = {team.slug: team for team in mentionable_teams(space).filter(slug__in=slugs)}
    named = Named("")

    def put(link: re.Match[str]) -> str:
        key = link["key"]
        if link["kind"] == "people" and (member := members.get(key)):
            named.members.add(member.pk)
            return mention_html(space.cohort.slug, member)
        if link["kind"] == "teams" and (team := teams.get(key)):
            named.teams.add(team.pk)
            return mention_html(space.cohort.slug, team)
        return re.sub(r"<[^>]*>", "", link[0])

    named.html = _LINK.sub(put, html)
    return named


def mentionable_teams(space: Space) -> QuerySet[Team]:
    """Any team where the whole cohort reads, the one team where only it does."""
    teams = Team.objects.filter(cohort_id=space.cohort_id)
    if space.audience == Audience.COHORT:
        return teams
    return teams.filter(pk=space.team_id or 0)


def mention_html(cohort_slug: str, named: Membership | Team) -> str:
    if isinstance(named, Team):
        url = reverse("cohort:team_detail", args=[cohort_slug, named.slug])
        name = named.name
    else:
        url = reverse("cohort:person_detail", args=[cohort_slug, named.pk])
        name = named.user.name
    return f'<a class="mention" href="{url}">@{escape(name)}</a>'


def link_typed_names(html: str, space: Space) -> str:
    """Make mentions of `@Full Name` in text typed without an editor. The longest name counts."""
    if not _TYPED.search(html):
        return html
    readers = space.readers().select_related("user")
    known: dict[str, Membership | Team] = {
        team.name.casefold(): team for team in mentionable_teams(space)
    }
    known |= {member.user.name.casefold(): member for member in readers if member.user.name}
    lengths = sorted({len(escape(name)) for name in known}, reverse=True)
    known = {escape(name): named for name, named in known.items()}

    parts, place = [], 0
    for start in _TYPED.finditer(html):
        if start.start() < place or _is_inside_a_link(html, start.start()):
            continue
        for length in lengths:
            end = start.end() + length
            named = known.get(html[start.end() : end].casefold())
            if named and not html[end : end + 1].isalnum():
                parts += [html[place : start.start()], mention_html(space.cohort.slug, named)]
                place = end
                break
    return "".join([*parts, html[place:]])


def _is_inside_a_link(html: str, place: int) -> bool:
    return html.rfind("<a ", 0, place) > html.rfind("</a>", 0, place)


def keep_mentions(post: Post, named: Named) -> None:
    """Make the rows of a saved post what its text says."""
    rows = post.mentions.all()
    rows.exclude(member__in=named.members).exclude(team__in=named.teams).delete()
    Mention.objects.bulk_create(
        [
            *(Mention(post=post, member_id=pk) for pk in sorted(named.members)),
            *(Mention(post=post, team_id=pk) for pk in sorted(named.teams)),
        ],
        ignore_conflicts=True,
    )
