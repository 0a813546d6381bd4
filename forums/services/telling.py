"""How many people a text will tell, said before it is sent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Membership, Team
from forums.models import Space
from forums.services.bodies import html_of
from forums.services.mentions import people_told, read_mentions

# Beyond so many the writer is asked to think again.
MANY = 20
MOST_NAMED = 4


@dataclass(frozen=True)
class Told:
    count: int
    words: str

    @property
    def is_many(self) -> bool:
        return self.count > MANY


def who_is_told(text: str, space: Space, writer: Membership) -> Told:
    """Whom posting this, written in the editor, would tell by mail, and how many they are."""
    named = read_mentions(html_of(text, space, is_html=True), space)
    if not (named.members or named.teams):
        return Told(0, "")
    people = list(people_told(named, space, writer).select_related("user"))
    singly = [
        person.user.name
        for person in people
        if person.pk in named.members and person.team_id not in named.teams
    ]
    whole = [
        _team_words(team, sum(person.team_id == team.pk for person in people))
        for team in Team.objects.filter(pk__in=named.teams).order_by("name")
    ]
    who = _listed([*sorted(singly), *filter(None, whole)])
    words = _("%(who)s will be told by mail.") % {"who": who[:1].upper() + who[1:]} if who else ""
    return Told(len(people), words)


def _team_words(team: Team, count: int) -> str:
    if not count:
        return ""
    return ngettext("%(n)s person of %(team)s", "the %(n)s people of %(team)s", count) % {
        "n": count,
        "team": team.name,
    }


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMED:
        more = len(names) - MOST_NAMED + 1
        others = ngettext("%(n)s more", "%(n)s more", more) % {"n": more}
        names = [*names[: MOST_NAMED - 1], others]
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
