"""What happens to people that apps above this one want to act on, within the transaction.

`cohort` knows nobody above it: `notifications` adds its listeners in `AppConfig.ready`. A
listener runs in the transaction that caused the event, so what it writes is kept or lost with it.
"""

from collections.abc import Callable

from cohort.models import Invitation

# Called when an invitation is made, and again each time it is resent (`resent` has grown then).
on_invitation_issued: list[Callable[[Invitation], None]] = []


def invitation_issued(invitation: Invitation) -> None:
    for listener in on_invitation_issued:
        listener(invitation)
