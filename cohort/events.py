"""What happens to people and teams that apps above this one want to act on, within the transaction.

`cohort` knows nobody above it: apps add their listeners in `AppConfig.ready`. A
listener runs in the transaction that caused the event, so what it writes is kept or lost with it.
"""

from collections.abc import Callable

from cohort.models import Cohort, Invitation, Team

# Called when an invitation is made, and again each time it is resent (`resent` has grown then).
on_invitation_issued: list[Callable[[Invitation], None]] = []
on_cohort_created: list[Callable[[Cohort], object]] = []
on_team_created: list[Callable[[Team], object]] = []


def invitation_issued(invitation: Invitation) -> None:
    for listener in on_invitation_issued:
        listener(invitation)


def cohort_created(cohort: Cohort) -> None:
    for listener in on_cohort_created:
        listener(cohort)


def team_created(team: Team) -> None:
    for listener in on_team_created:
        listener(team)
