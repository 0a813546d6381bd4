from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models.partnerships import Organization, Team
from cohort.models.people import User
from cohort.zones import validate_zone


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    TEAM_LEAD = "team_lead", _("Team lead")
    FACILITATOR = "facilitator", _("Facilitator")
    OBSERVER = "observer", _("Observer")


class Cohort(models.Model):  # type: ignore[django-manager-missing]
    """One year's group."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=[validate_zone]
    )
    welcome = models.TextField(_("welcome text"), blank=True)
    norms = models.TextField(
        blank=True, help_text=_("What members agree to when they join. Sanitized HTML.")
    )
    norms_version = models.PositiveSmallIntegerField(
        default=1, help_text=_("Raise it to ask everybody again.")
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="cohort_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("home:home", args=[self.slug])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(left_at=None, user__is_active=True)

    def agreed(self) -> "MembershipQuerySet":
        """Those who have agreed to the norms of their cohort as they are now."""
        return self.filter(norms_agreed_version__gte=models.F("cohort__norms_version"))

    def with_people(self) -> "MembershipQuerySet":
        """With what a person's line shows: name, title, organization, team."""
        return self.select_related("user", "team", "organization")

    def visible_to(self, member: "Membership") -> "MembershipQuerySet":
        """Everybody who is in the member's cohort now."""
        return self.active().filter(cohort_id=member.cohort_id)

    def facilitating(self) -> "MembershipQuerySet":
        return self.filter(role=Role.FACILITATOR)

    def by_name(self) -> "MembershipQuerySet":
        return self.order_by("user__name", "pk")


class Membership(models.Model):
    """A person in a cohort: who acts, with which role, for which team and organization."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )

    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    norms_agreed_version = models.PositiveSmallIntegerField(default=0)
    norms_agreed_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Where the visit before this one ended: what is newer is "new since you were here".
    previous_visit_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user"], name="membership_one_per_person_and_cohort"
            ),
            models.CheckConstraint(
                condition=models.Q(team=None) | models.Q(role__in=["member", "team_lead"]),
                name="membership_only_members_have_teams",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("cohort:person_detail", args=[self.cohort.slug, self.pk])

    @property
    def is_facilitator(self) -> bool:
        return self.role == Role.FACILITATOR

    @property
    def is_team_lead(self) -> bool:
        return self.role == Role.TEAM_LEAD

    @property
    def is_observer(self) -> bool:
        return self.role == Role.OBSERVER

    @property
    def is_active(self) -> bool:
        return self.left_at is None and self.user.is_active

    @property
    def may_write(self) -> bool:
        """Observers and the alumni of an archived cohort read and write nothing."""
        return not self.is_observer and not self.cohort.is_archived

    @property
    def has_agreed(self) -> bool:
        return self.norms_agreed_version >= self.cohort.norms_version
