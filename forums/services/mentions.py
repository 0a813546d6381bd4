"""Who is named in a post with an @: people and whole teams, among those who may read it."""

import re
import unicodedata
from dataclasses import dataclass, field
from html import escape as escape_markup
from html import unescape
from itertools import islice

from django.db.models import Q
from django.urls import reverse
from django.utils.html import escape

from cohort.models import Membership, Team
from cohort.models.year import MembershipQuerySet
from forums.models import Mention, Post, Space
from forums.queries.naming import mentionable_teams

# Sanitized HTML has no link within a link.
_MENTION = re.compile(
    r'<a (?=[^>]*\bclass="mention")(?P<attributes>[^>]*)>(?P<inner>.*?)</a>', re.S
)
_ADDRESS = re.compile(r'\bhref="/c/[-\w]+/(?P<kind>people|teams)/(?P<key>[-\w]+)/"')
_TAG = re.compile(r"(<[^>]*>)")
# What somebody types who has no editor; not within an address or a word.
_TYPED = re.compile(r"(?<![\w@/.])@(?=\w)")
_WORD_END = re.compile(r"(?<=\w)(?!\w)")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
# Names are not looked for in there.
_CLOSED = frozenset({"a", "code", "pre"})


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
    links = [_address(link) for link in _MENTION.finditer(html)]
    people = {int(key) for kind, key in links if kind == "people" and _is_key(key)}
    slugs = {key for kind, key in links if kind == "teams"}
    known: dict[tuple[str, str], Membership | Team] = {
        ("people", str(member.pk)): member
        for member in space.readers().filter(pk__in=people).select_related("user")
    }
    known |= {
        ("teams", team.slug): team for team in mentionable_teams(space).filter(slug__in=slugs)
    }
    named = Named("")

    def put(link: re.Match[str]) -> str:
        found = known.get(_address(link))
        if found is None:
            return _TAG.sub("", link["inner"])
        (named.teams if isinstance(found, Team) else named.members).add(found.pk)
        return mention_html(space.cohort.slug, found)

    named.html = _MENTION.sub(put, html)
    return named


def _address(link: re.Match[str]) -> tuple[str, str]:
    """Whom a mention leads to: people or teams, and the key there."""
    address = _ADDRESS.search(link["attributes"])
    return (address["kind"], address["key"]) if address else ("", "")


def _is_key(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) < 19


def people_told(named: Named, space: Space, writer: Membership) -> MembershipQuerySet:
    """Everybody whom a text names, by themselves or with their team, but for its writer."""
    meant = Q(pk__in=named.members) | Q(team__in=named.teams)
    return space.readers().filter(meant).exclude(pk=writer.pk)


def mention_html(cohort_slug: str, named: Membership | Team) -> str:
    if isinstance(named, Team):
        url = reverse("cohort:team_detail", args=[cohort_slug, named.slug])
        name = named.name
    else:
        url = reverse("cohort:person_detail", args=[cohort_slug, named.pk])
        name = named.user.name
    return f'<a class="mention" href="{url}">@{escape(name)}</a>'


def link_typed_names(html: str, space: Space) -> str:
    """Make mentions of `@Full Name` in text typed without an editor. The longest name counts.

    A name that two readers share is left as it was typed: neither is told by mistake.
    """
    if not _TYPED.search(html):
        return html
    known = _known_names(space)
    most_words = max((len(_WORD_END.findall(name)) for name in known), default=0)
    parts = _TAG.split(html)
    closed = 0
    for index, part in enumerate(parts):
        if index % 2:
            tag = part.strip("</>").split(" ")[0]
            closed += (tag in _CLOSED) * (-1 if part.startswith("</") else 1)
        elif not closed and "@" in part:
            text = unicodedata.normalize("NFC", unescape(part))
            parts[index] = _link_names(text, known, most_words, space.cohort.slug)
    return "".join(parts)


def _known_names(space: Space) -> dict[str, Membership | Team]:
    """Whom one can name in a space, by the name as it is compared. A person goes before a team."""
    people: dict[str, Membership | None] = {}
    for member in space.readers().select_related("user"):
        name = _comparable(member.user.name)
        people[name] = None if name in people else member
    teams = {_comparable(team.name): team for team in mentionable_teams(space)}
    return {name: found for name, found in (teams | people).items() if name and found}


def _link_names(
    text: str, known: dict[str, Membership | Team], most_words: int, cohort_slug: str
) -> str:
    """A stretch of plain text as HTML, with the names in it linked."""
    done, place = [], 0
    for start in _TYPED.finditer(text):
        if start.start() < place:
            continue
        ends = islice(_WORD_END.finditer(text, start.end()), most_words)
        for end in reversed([end.start() for end in ends]):
            if named := known.get(_comparable(text[start.end() : end])):
                done += [
                    _escape(text[place : start.start()]),
                    mention_html(cohort_slug, named),
                ]
                place = end
                break
    return "".join([*done, _escape(text[place:])])


def _escape(text: str) -> str:
    return escape_markup(text, quote=False)


def _comparable(name: str) -> str:
    """A name as it is compared: whatever its case, its apostrophes, and how it is composed."""
    name = unicodedata.normalize("NFC", name.translate(_APOSTROPHES)).casefold()
    return " ".join(name.split()).strip(" .,")


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
