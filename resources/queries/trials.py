"""What partnerships try out, and what came of it: resource, team, result."""

from dataclasses import dataclass

from cohort.models import Cohort, Membership, Team, Theme
from resources.models import Resource, Trial, TrialQuerySet, TrialRule

MOST_ON_A_PAGE = 20
MOST_DUE = 5


@dataclass(frozen=True)
class Trials:
    """Those of one resource, and the reader's own team's that goes on."""

    rows: list[Trial]
    own: Trial | None


def trials_of(resource: Resource, member: Membership) -> Trials:
    """Of a resource that the member may see, the latest first; one query."""
    trials = Trial.objects.filter(resource=resource).select_related("team").latest_first()
    rows = list(trials[:MOST_ON_A_PAGE])
    for row in rows:
        row.resource = resource
    own = (row for row in rows if row.is_open and row.team_id == member.team_id)
    return Trials(rows, next(own, None))


def what_came_of_it(
    member: Membership, *, team: Team | None = None, theme: Theme | None = None
) -> TrialQuerySet:
    """All trials that the member may see, the latest first, with what a line of them shows."""
    trials = Trial.objects.visible_to(member)
    if team:
        trials = trials.filter(team=team)
    if theme:
        themed = Resource.objects.about(theme).values("pk")
        trials = trials.filter(resource__in=themed)
    return trials.select_related(
        "team", "resource__cohort", "resource__added_by__team", "reported_by__user"
    ).latest_first()


def reports_due(member: Membership) -> list[Trial]:
    """What the member's team was asked to report, the longest first."""
    if member.team_id is None or not member.may_write:
        return []
    due = Trial.objects.visible_to(member).open().filter(team=member.team_id, asks__gte=1)
    # Long texts are told nowhere here.
    shown = due.select_related("resource").only("started_at", "asked_at", "resource__title")
    trials = list(shown.order_by("asked_at", "pk")[:MOST_DUE])
    for trial in trials:
        trial.resource.cohort = member.cohort
    return trials


def days_until_asked(cohort: Cohort) -> int:
    rule = TrialRule.objects.filter(cohort=cohort).first()
    return rule.days if rule else TrialRule.DAYS
