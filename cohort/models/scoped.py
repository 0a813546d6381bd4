from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from cohort.models.year import Membership, MembershipQuerySet

ModelT = TypeVar("ModelT", bound=models.Model)


class Audience(models.TextChoices):
    COHORT = "cohort", _("Whole cohort")
    TEAM = "team", _("One team")
    FACILITATORS = "facilitators", _("Facilitators only")


def audience_of(member: "Membership", prefix: str = "") -> Q:
    """The rows that a member may see, for anything that has a cohort, an audience and a team.

    `prefix` leads to the scoped row, as in `space__`. The same fact about one row is
    `Scoped.is_visible_to`, and turned around `Scoped.readers`.
    """
    here = Q(**{f"{prefix}cohort_id": member.cohort_id})
    if member.is_facilitator:
        return here
    allowed = Q(**{f"{prefix}audience": Audience.COHORT})
    if member.team_id is not None and not member.is_observer:
        allowed |= Q(**{f"{prefix}audience": Audience.TEAM, f"{prefix}team_id": member.team_id})
    return here & allowed


class ScopedQuerySet(models.QuerySet[ModelT]):
    def visible_to(self, member: "Membership") -> Self:
        return self.filter(audience_of(member))


class Scoped(models.Model):
    """Something in a cohort that everybody in it, one team, or its facilitators may see."""

    cohort = models.ForeignKey("cohort.Cohort", on_delete=models.CASCADE, related_name="%(class)ss")
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.COHORT)
    team = models.ForeignKey(
        "cohort.Team",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="%(class)ss",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(audience=Audience.TEAM, team__isnull=False)
                    | (~Q(audience=Audience.TEAM) & Q(team__isnull=True))
                ),
                name="%(class)s_has_a_team_when_for_one",
            )
        ]

    def is_visible_to(self, member: "Membership") -> bool:
        if self.cohort_id != member.cohort_id:
            return False
        if member.is_facilitator or self.audience == Audience.COHORT:
            return True
        return (
            self.audience == Audience.TEAM
            and not member.is_observer
            and self.team_id == member.team_id
        )

    def readers(self) -> "MembershipQuerySet":
        """Everybody who may see it now."""
        from cohort.models.year import Membership, Role

        members = Membership.objects.active().filter(cohort_id=self.cohort_id)
        if self.audience == Audience.COHORT:
            return members
        allowed = Q(role=Role.FACILITATOR)
        if self.audience == Audience.TEAM:
            allowed |= Q(team=self.team_id)
        return members.filter(allowed)
