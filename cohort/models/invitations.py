import uuid
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.fields import AddressField
from cohort.models.partnerships import Organization, Team
from cohort.models.year import Cohort, Membership, Role
from cohort.zones import validate_zone

VALID_FOR = timedelta(days=30)
_signer = signing.Signer(salt="cohort.invitation")


def default_expiry() -> Any:
    return timezone.now() + VALID_FOR


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def waiting(self) -> "InvitationQuerySet":
        return self.open().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """One address asked into one cohort, team and role."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitations")
    email = AddressField()
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the roster says of the person; they correct it themselves on arriving.
    name = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_zone])

    invited_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=default_expiry)
    # How often it was sent anew by hand; part of the key that makes each mail go out once.
    resent = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    membership = models.OneToOneField(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitation"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("cohort:invitation_detail", args=[self.token])

    @property
    def token(self) -> str:
        """The secret of the mailed link: signed, so the database holds nothing usable."""
        return _signer.sign(self.public_id.hex)

    @classmethod
    def by_token(cls, token: str) -> "Invitation | None":
        try:
            public_id = uuid.UUID(hex=_signer.unsign(token))
        except (signing.BadSignature, ValueError):
            return None
        return (
            cls.objects.select_related("cohort", "team", "organization", "invited_by__user")
            .filter(public_id=public_id)
            .first()
        )

    @property
    def status(self) -> "Invitation.Status":
        if self.accepted_at:
            return self.Status.ACCEPTED
        if self.revoked_at:
            return self.Status.REVOKED
        if self.expires_at <= timezone.now():
            return self.Status.EXPIRED
        return self.Status.WAITING
