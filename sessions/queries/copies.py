"""A session as the beginning of another one: next month's, or next year's in another cohort."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cohort import richtext
from cohort.models import Audience, Membership, Role, theme_list
from sessions.models import AgendaItem, LearningSession, SessionTheme
from sessions.queries.agenda import agenda_rows
from sessions.queries.pages import listed
from sessions.queries.prework import resource_rows, task_rows

# The same weekday a year later.
A_YEAR = timedelta(weeks=52)
KEPT = (
    "title", "kind", "goals", "place", "meeting_url", "capacity", "facilitator_notes",
    "local_time", "time_zone", "minutes",
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """What a planning form begins with; `agenda_rows` are a session's, for `rows_of`."""

    initial: dict[str, Any]
    agenda_rows: list[dict[str, Any]]


def copyable(member: Membership) -> Iterable[Membership]:
    """The person's memberships into whose cohorts they may plan a copy."""
    return (
        Membership.objects.active()
        .filter(user=member.user_id, role=Role.FACILITATOR, cohort__archived_at=None)
        .select_related("cohort")
        .order_by("-cohort__starts_on", "cohort__name")
    )


def copy_of(member: Membership, pk: str) -> Template | None:
    """A session of any cohort that the same person facilitates, made ready for this one's: one
    query, and one more for who of another cohort is here.
    """
    if not pk.isdecimal() or len(pk) > 18:
        return None
    session = (
        LearningSession.objects.filter(
            pk=pk,
            cohort__memberships__in=Membership.objects.active().filter(
                user=member.user_id, role=Role.FACILITATOR
            ),
        )
        .select_related("cohort")
        .annotate(
            agenda_rows=listed(agenda_rows),
            task_rows=listed(task_rows),
            theme_list=theme_list(SessionTheme),
            resource_rows=resource_rows(member),
        )
        .first()
    )
    return Template(_initial(session, member), _agenda(session, member)) if session else None


def _initial(session: Any, member: Membership) -> dict[str, Any]:
    is_here = session.cohort_id == member.cohort_id
    is_for_team = is_here and session.audience == Audience.TEAM
    audience = f"{session.audience}:{session.team_id}" if is_for_team else session.audience
    return {
        **{name: getattr(session, name) for name in KEPT},
        "local_date": _next_day(session, member),
        "audience": Audience.COHORT if not is_here and session.team_id else audience,
        "description": richtext.to_plain(session.description),
        "description_html": session.description,
        "themes": [theme["pk"] for theme in session.theme_list],
        "resources": [resource["pk"] for resource in session.resource_rows],
        "tasks": "\n".join(task["words"] for task in session.task_rows),
    }


def _next_day(session: LearningSession, member: Membership) -> date | None:
    """A year later to the weekday, where that lies in the cohort's year; else for hosts to say."""
    day = session.local_date + A_YEAR
    return day if member.cohort.starts_on <= day <= member.cohort.ends_on else None


def _agenda(session: Any, member: Membership) -> list[dict[str, Any]]:
    """The items, led by whoever of those people and teams is in the member's cohort."""
    rows: list[dict[str, Any]] = session.agenda_rows
    if session.cohort_id == member.cohort_id or not rows:
        return rows
    people = dict(Membership.objects.visible_to(member).values_list("user_id", "pk"))
    teams = {team.name.casefold(): team.pk for team in member.cohort.teams.all()}
    return [
        {
            **row,
            "people": [
                {"pk": people[who["user"]]} for who in row["people"] if who["user"] in people
            ],
            "teams": [
                {"pk": teams[team["name"].casefold()]}
                for team in row["teams"]
                if team["name"].casefold() in teams
            ],
        }
        for row in rows
    ]


def agenda_items(session: LearningSession) -> list[AgendaItem]:
    """In order, with who leads each: three queries, or one when there are none."""
    return list(session.agenda.prefetch_related("presenters__user", "presenting_teams"))


def agenda_for(session: LearningSession, member: Membership) -> list[AgendaItem]:
    """The items, led by whoever of those people and teams is in the member's cohort."""
    items = agenda_items(session)
    if session.cohort_id == member.cohort_id:
        return items
    people = {
        one.user_id: one for one in Membership.objects.visible_to(member).select_related("user")
    }
    teams = {team.name.casefold(): team for team in member.cohort.teams.all()}
    for item in items:
        kept = [people[who.user_id] for who in item.presenters.all() if who.user_id in people]
        named = [teams.get(team.name.casefold()) for team in item.presenting_teams.all()]
        # What the form reads; nothing of it is saved.
        item._prefetched_objects_cache = {  # type: ignore[attr-defined]
            "presenters": kept,
            "presenting_teams": [team for team in named if team],
        }
    return items
