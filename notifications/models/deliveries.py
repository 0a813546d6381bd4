"""The outbox: what goes to people outside the product, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.fields import AddressField
from cohort.models import Cohort, Membership
from notifications.models.ways import Way


def new_message_id() -> str:
    """A Message-ID that no other mail will have (RFC 5322 §3.6.4)."""
    return f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, way: str = Way.MAIL) -> "DeliveryQuerySet":
        pending = self.filter(state=Delivery.State.PENDING, way=way)
        return pending.filter(not_before__lte=timezone.now())

    def unsettled(self) -> "DeliveryQuerySet":
        """Still to be sent, or on its way."""
        return self.filter(state__in=Delivery.UNSETTLED)

    def first_come(self) -> "DeliveryQuerySet":
        """In the order of sending: what comes by the thousand lets everything else go first."""
        return self.order_by("is_bulk", "not_before", "pk")


class Delivery(models.Model):
    """One mail, or push, to one person: planned, claimed, sent, or why it was not.

    It holds ids, never words: what it says is composed at the moment of sending, when the reader's
    rights and wishes are checked again.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("Claimed")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")

    UNSETTLED = (State.PENDING, State.CLAIMED, State.SENDING)

    way = models.CharField(max_length=4, choices=Way.choices, default=Way.MAIL)
    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=200, unique=True)
    cohort = models.ForeignKey(
        Cohort, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    # Whom it is for: a member, or (an invitation) an address that has no account yet.
    recipient = models.ForeignKey(
        Membership, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    address = AddressField(blank=True)
    target_pk = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)

    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    is_bulk = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    # A word of `notifications.reasons`, or a feature's or the mail server's own words.
    reason = models.CharField(max_length=200, blank=True)
    # Until then it belongs to the worker that wrote this very moment here.
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a worker died between handing it over and noting so, for kinds that are sent once more.
    repeated_at = models.DateTimeField(null=True)
    # Fixed before the first attempt and kept for every retry.
    message_id = models.CharField(max_length=200, default=new_message_id)
    # The provider's own name for it, by which it tells what became of it.
    provider_id = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["is_bulk", "not_before", "id"],
                condition=Q(state="pending"),
                name="delivery_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "sending"]),
                name="delivery_leased",
            ),
            models.Index(fields=["cohort", "-created_at"], name="delivery_log"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="delivery_of_provider"
            ),
            models.Index(fields=["message_id"], name="delivery_message_id"),
            # What became of mail of late, and what is old enough to be cleared away.
            models.Index(
                fields=["settled_at"],
                condition=Q(settled_at__isnull=False),
                name="delivery_settled",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class Tally(models.Model):
    """How many deliveries of a day ended how: kept when their rows are cleared away."""

    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()  # in UTC, of settling
    way = models.CharField(max_length=4, choices=Way.choices)
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=Delivery.State.choices)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "day", "way", "kind", "state"],
                nulls_distinct=False,
                name="tally_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.state}: {self.count}"
