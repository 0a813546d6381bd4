"""The one way in to the audit trail."""

from typing import Any

from cohort.models import AuditEntry, Cohort, Membership, User


def record(
    action: str,
    *,
    subject: object,
    actor: Membership | User | None,
    cohort: Cohort | None = None,
    **details: Any,
) -> None:
    """Leave one line: who (None: the system) did what to whom. Never pass a secret."""
    person = actor.user if isinstance(actor, Membership) else actor
    AuditEntry.objects.create(
        action=action,
        subject=str(subject)[:200],
        actor_pk=person.pk if person else None,
        actor_name=person.name if person else "",
        cohort_pk=cohort.pk if cohort else None,
        details=details,
    )
