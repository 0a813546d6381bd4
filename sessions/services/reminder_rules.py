"""A cohort's rules for reminding before sessions."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from cohort import audit
from cohort.models import Cohort, Membership
from sessions.models import ReminderRule
from sessions.models.reminders import DAY, HOUR

UNITS = (("days", DAY), ("hours", HOUR), ("minutes", 1))


def as_typed(cohort: Cohort) -> list[dict[str, Any]]:
    """The rules as people say them: 7 days, 15 minutes; the earliest first."""
    return [
        {**said(rule.minutes), "audience": rule.audience} for rule in cohort.reminder_rules.all()
    ]


def said(minutes: int) -> dict[str, Any]:
    """Minutes in the largest unit that they are a whole number of."""
    unit, size = next((unit, size) for unit, size in UNITS if minutes % size == 0)
    return {"amount": minutes // size, "unit": unit}


@transaction.atomic
def set_rules(*, cohort: Cohort, rules: Collection[tuple[int, str]], by: Membership) -> None:
    """Put these rules, of minutes before and audience, in place of those that were there."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    known = {(rule.minutes, rule.audience): rule for rule in cohort.reminder_rules.all()}
    wanted = set(rules)
    if wanted == known.keys():
        return
    gone = [rule.pk for key, rule in known.items() if key not in wanted]
    ReminderRule.objects.filter(pk__in=gone).delete()
    ReminderRule.objects.bulk_create(
        [
            ReminderRule(cohort=cohort, minutes=minutes, audience=audience)
            for minutes, audience in sorted(wanted - known.keys())
        ]
    )
    audit.record(
        "reminder_rules.changed",
        subject=cohort.name,
        actor=by,
        cohort=cohort,
        rules=sorted(f"{minutes} {audience}" for minutes, audience in wanted),
    )
