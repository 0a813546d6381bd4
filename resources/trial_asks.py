"""Asking what came of a trial: once when it is due, and once more two weeks later.

Whoever began it is asked, or the leads of the team where they are gone. It is asked again, when the
mail goes out and whenever the bell shows it, whether there still is something to ask.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership, Role
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from resources.models import Resource, Trial, TrialRule
from resources.permissions import can_report

KIND, TOPIC = "resources.trial", "library-trials"
REPORTED = "trial-reported"
AGAIN_AFTER = timedelta(days=14)
AT_ONCE = 100


def plan(now: datetime) -> int:
    """Ask for the reports that have come due; say for how many mails."""
    due = [trial.pk for trial in _waiting(now) if _is_due(trial, now)]
    return sum(_ask(pk, now) for pk in due[:AT_ONCE])


def _waiting(now: datetime) -> Iterable[Trial]:
    """Open trials that may be due; a handful among all there are."""
    trials = Trial.objects.open().seen_by_its_team()
    return trials.filter(
        asks__lt=Trial.MOST_ASKS,
        started_at__lte=now - timedelta(days=7),
        resource__cohort__archived_at=None,
    ).select_related("resource__cohort__trial_rule")


def _is_due(trial: Trial, now: datetime) -> bool:
    if trial.asked_at:
        return trial.asked_at + AGAIN_AFTER <= now
    rule = getattr(trial.resource.cohort, "trial_rule", None)
    return trial.started_at + timedelta(days=rule.days if rule else TrialRule.DAYS) <= now


@transaction.atomic
def _ask(pk: int, now: datetime) -> int:
    """Once, also where two planners come by; a third finds that it was asked this moment."""
    trials = Trial.objects.open().select_for_update(of=("self",), skip_locked=True)
    trial = trials.select_related("resource__cohort__trial_rule").filter(pk=pk).first()
    if trial is None or trial.asks >= Trial.MOST_ASKS or not _is_due(trial, now):
        return 0
    trial.asks += 1
    trial.asked_at = now
    trial.save(update_fields=["asks", "asked_at"])
    return reach.tell(
        KIND,
        _whom_to_ask(trial),
        dedupe_key=f"trial:{trial.pk}:{trial.asks}",
        target_pk=trial.pk,
        group=group_of(trial.pk),
        items=[trial.asks],
        expires_at=now + AGAIN_AFTER,
    )


def group_of(trial_pk: int) -> str:
    """What the bell gathers by."""
    return f"trial:{trial_pk}"


def _whom_to_ask(trial: Trial) -> list[Membership]:
    people = Membership.objects.active().filter(team=trial.team_id)
    people = people.select_related("user", "cohort")
    began = [m for m in people.filter(pk=trial.started_by_id or 0) if can_report(m, trial)]
    leads = people.filter(role=Role.TEAM_LEAD)
    return began or [member for member in leads if can_report(member, trial)]


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """One query for a batch."""
    trials = _by_key(delivery.target_pk for delivery in deliveries)
    for delivery in deliveries:
        trial, member = trials.get(delivery.target_pk or 0), delivery.recipient
        if trial is None or member is None or not can_report(member, trial):
            yield delivery, Skip(reasons.GONE)
        elif not trial.is_open:
            yield delivery, Skip(REPORTED)
        else:
            yield delivery, _mail(delivery, trial)


def _by_key(pks: Iterable[int | None]) -> dict[int, Trial]:
    trials = Trial.objects.select_related("resource__cohort", "resource__team", "team")
    return trials.in_bulk([pk for pk in pks if pk])


def _mail(delivery: Delivery, trial: Trial) -> Mail:
    title = " ".join(trial.resource.title.split())
    return render_mail(
        delivery,
        "mail/trial_report",
        subject=_("What came of it? %(title)s") % {"title": title},
        why=_("%(team)s said that it tries this.") % {"team": trial.team.name},
        context={
            "trial": trial,
            "resource": trial.resource,
            "report_url": absolute(trial.get_absolute_url()),
        },
    )


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """One query for all of them."""
    trials = _by_key(_trial_pk(entry) for entry in entries)
    lines = {}
    for entry in entries:
        trial = trials.get(_trial_pk(entry))
        if trial and trial.is_open and can_report(entry.member, trial):
            title = _("What came of it? %(title)s") % {"title": trial.resource.title}
            detail = _("A line or two helps the next team.")
            lines[entry.pk] = Line(title, trial.get_absolute_url(), detail, icon="flask-conical")
    return lines


def _trial_pk(entry: Entry) -> int:
    return int(entry.group.partition(":")[2])


def sample(delivery: Delivery) -> Mail:
    resource = Resource(
        pk=0, cohort=samples.cohort(), title=_("Written agreement with a hospital, two pages")
    )
    plan = _("With the nursing track, from October on.")
    return _mail(delivery, Trial(pk=0, resource=resource, team=samples.team(), plan=plan))


def register() -> None:
    reasons.WORDS[REPORTED] = gettext_lazy("Has reported meanwhile")
    registry.register_topic(
        Topic(
            TOPIC,
            gettext_lazy("What you try out"),
            gettext_lazy("A question, some weeks later, what came of something your team tries."),
        )
    )
    registry.register_kind(
        Kind(
            KIND,
            gettext_lazy("What came of a trial"),
            compose,
            topic=TOPIC,
            describe=describe,
            sample=sample,
        )
    )
    registry.register_planner(plan)
