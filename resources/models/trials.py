"""Who is trying what, and what came of it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Audience, Cohort, Membership, Team
from cohort.models.scoped import audience_of
from resources.models.resources import Resource


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, member: Membership) -> "TrialQuerySet":
        """Whoever sees the resource reads who tries it and what came of it."""
        return self.filter(audience_of(member, "resource__"))

    def open(self) -> "TrialQuerySet":
        return self.filter(reported_at=None)

    def seen_by_its_team(self) -> "TrialQuerySet":
        """Those of which the team still sees the resource."""
        theirs = Q(resource__audience=Audience.TEAM, resource__team=F("team"))
        return self.filter(Q(resource__audience=Audience.COHORT) | theirs)

    def latest_first(self) -> "TrialQuerySet":
        return self.order_by("-started_at", "-pk")


class Trial(models.Model):
    """A team tries a resource, and says later what came of it."""

    class Outcome(models.TextChoices):
        WORKED = "worked", _("It worked")
        PARTLY = "partly", _("It worked in part")
        DID_NOT = "did_not", _("It did not work")
        STOPPED = "stopped", _("We stopped")

    # Asked when it is due, and once more.
    MOST_ASKS = 2

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="trials")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="trials")
    started_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    plan = models.CharField(max_length=300, blank=True)

    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    report = models.TextField(max_length=2000, blank=True)
    reported_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    # How often, and when last, the report was asked for.
    asks = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "team"],
                condition=Q(reported_at=None),
                name="trial_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(reported_at=None, outcome="") | (~Q(reported_at=None) & ~Q(outcome="")),
                name="trial_reported_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(reported_at=None), name="trial_unreported"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} tries {self.resource_id}"

    def get_absolute_url(self) -> str:
        """Where its report is written."""
        place = [self.resource.cohort.slug, self.resource_id, self.pk]
        return reverse("resources:trial_report", args=place)

    @property
    def is_open(self) -> bool:
        return self.reported_at is None


class TrialRule(models.Model):
    """After how many days a cohort asks what came of a trial."""

    DAYS = 60

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="trial_rule")
    days = models.PositiveSmallIntegerField(default=DAYS)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=7, days__lte=365), name="trial_asked_within_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cohort}: {self.days} days"
