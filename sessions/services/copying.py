"""A year's plan begun from another year's."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from cohort.models import Membership
from sessions import queries
from sessions.models import LearningSession
from sessions.queries.copies import KEPT
from sessions.services.agenda import AgendaPart
from sessions.services.planning import plan_session


@transaction.atomic
def copy_year(*, lines: Sequence[queries.CopyLine], by: Membership) -> list[LearningSession]:
    """Drafts in the year of the member's cohort, all or none, each at the wall time it had.

    What was copied there before stays as it is. Raises NoSuchTime and AmbiguousTime.
    """
    return [
        plan_session(
            cohort=by.cohort,
            form_key=line.key,
            publish=False,
            local_date=line.day,
            audience=line.audience,
            team=line.team,
            **_content(line.session, by),
        )
        for line in lines
    ]


def _content(session: LearningSession, by: Membership) -> dict[str, Any]:
    """What goes along: not the library's things, which belong to their cohort."""
    return {
        **{name: getattr(session, name) for name in KEPT},
        "description": session.description,
        "themes": list(session.themes.all()),
        "tasks": [task.words for task in session.tasks.all()],
        "agenda": [
            AgendaPart(
                item.title,
                item.minutes,
                item.notes,
                list(item.presenters.all()),
                list(item.presenting_teams.all()),
            )
            for item in queries.agenda_for(session, by)
        ],
    }
