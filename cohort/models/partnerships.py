from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Sector(models.TextChoices):
    HIGH_SCHOOL = "high_school", _("High school")
    SCHOOL_DISTRICT = "school_district", _("School district")
    HIGHER_EDUCATION = "higher_education", _("Higher education institution")
    INDUSTRY = "industry", _("Industry")
    NONPROFIT = "nonprofit", _("Nonprofit")
    BACKBONE = "backbone", _("Backbone support organization")
    CHAMBER = "chamber", _("Local or regional chamber of commerce")
    MAYOR = "mayor", _("Mayor's office for workforce development")
    FUNDER = "funder", _("Funder")


class Team(models.Model):
    """A local partnership that holds an award."""

    class Setting(models.TextChoices):
        URBAN = "urban", _("Urban")
        SUBURBAN = "suburban", _("Suburban")
        RURAL = "rural", _("Rural")

    cohort = models.ForeignKey("cohort.Cohort", on_delete=models.CASCADE, related_name="teams")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=2, blank=True)
    setting = models.CharField(max_length=10, choices=Setting.choices, blank=True)
    purpose = models.TextField(_("purpose statement"), max_length=4000, blank=True)
    purpose_on = models.DateField(_("purpose statement of"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "slug"], name="team_slug_once_per_cohort"),
            models.UniqueConstraint("cohort", Lower("name"), name="team_name_once_per_cohort"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohort:team_detail", args=[self.cohort.slug, self.slug])


class Organization(models.Model):
    """A partner: a school, college, employer, chamber… at the table of one team.

    Without a team it is one that stands beside them all: the nonprofit that facilitates, the
    foundation that observes.
    """

    cohort = models.ForeignKey(
        "cohort.Cohort", on_delete=models.CASCADE, related_name="organizations"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="organizations"
    )
    name = models.CharField(max_length=160)
    sector = models.CharField(max_length=20, choices=Sector.choices)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "cohort",
                "team",
                Lower("name"),
                name="organization_once_per_team",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name
