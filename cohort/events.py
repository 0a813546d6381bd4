"""What happens to people and teams that apps above this one want to act on, within the transaction.

`cohort` knows nobody above it: apps add their listeners in `AppConfig.ready`. A
listener runs in the transaction that caused the event, so what it writes is kept or lost with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohort.models import Cohort, Invitation, Membership, Team


@dataclass(frozen=True)
class Withdrawn:
    """A file that is gone, since the virus scanner found something in it."""

    cohort: Cohort
    owners: Sequence[Membership]
    name: str
    # Where it was, by its title; empty where not all owners may see that any more.
    place: str
    path: str


# Called when an invitation is made, and again each time it is resent (`resent` has grown then).
on_invitation_issued: list[Callable[[Invitation], None]] = []
on_cohort_created: list[Callable[[Cohort], object]] = []
on_team_created: list[Callable[[Team], object]] = []
# Called when a member got another role or team, left or came back: they may see other things now.
on_access_changed: list[Callable[[Membership], object]] = []
# Called when somebody gave a member another role or team.
on_place_changed: list[Callable[[Membership], object]] = []
# Called with what was found, as the scanner names it.
on_file_withdrawn: list[Callable[[Withdrawn, str], object]] = []


def invitation_issued(invitation: Invitation) -> None:
    for listener in on_invitation_issued:
        listener(invitation)


def cohort_created(cohort: Cohort) -> None:
    for listener in on_cohort_created:
        listener(cohort)


def team_created(team: Team) -> None:
    for listener in on_team_created:
        listener(team)


def access_changed(member: Membership) -> None:
    for listener in on_access_changed:
        listener(member)


def place_changed(member: Membership) -> None:
    for listener in on_place_changed:
        listener(member)


def file_withdrawn(withdrawn: Withdrawn, found: str) -> None:
    for listener in on_file_withdrawn:
        listener(withdrawn, found)
