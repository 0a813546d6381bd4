"""Trying what others made, and saying what came of it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from cohort import audit
from cohort.models import Cohort, Membership
from resources.models import Resource, Trial, TrialRule


def start_trial(*, resource: Resource, member: Membership, plan: str = "") -> Trial:
    """Say that the member's team tries it; a team that does so already goes on with that.

    Raises Resource.DoesNotExist where it was removed meanwhile.
    """
    trials = Trial.objects.open().filter(resource=resource, team=member.team)
    if already := trials.first():
        return already
    try:
        with transaction.atomic():
            Resource.objects.select_for_update(no_key=True).get(pk=resource.pk)
            return Trial.objects.create(
                resource=resource,
                team=member.team,  # type: ignore[misc]  # whoever may try something is in one
                started_by=member,
                plan=plan,
            )
    except IntegrityError:
        return trials.get()


@transaction.atomic
def report_trial(*, trial: Trial, member: Membership, outcome: str, report: str) -> bool:
    """Keep what came of it; said again, it takes the place of what was said. False if withdrawn."""
    said = {"outcome": outcome, "report": report, "reported_by": member}
    if Trial.objects.open().filter(pk=trial.pk).update(**said, reported_at=timezone.now()):
        return True
    return bool(Trial.objects.filter(pk=trial.pk).update(**said))


def withdraw_trial(*, trial: Trial) -> None:
    """As if it had not begun. What was reported stays."""
    Trial.objects.open().filter(pk=trial.pk).delete()


@transaction.atomic
def ask_after(*, cohort: Cohort, days: int, by: Membership) -> None:
    """Say after how many days a cohort asks for reports."""
    rule, _is_new = TrialRule.objects.select_for_update().get_or_create(cohort=cohort)
    if rule.days != days:
        audit.record(
            "trials.asked_after", subject=cohort.name, actor=by, cohort=cohort,
            before=rule.days, after=days,
        )  # fmt: skip
        rule.days = days
        rule.save(update_fields=["days"])
