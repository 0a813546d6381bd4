"""Mail that comes in: where members answer to, and what became of every mail."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Cohort, Membership
from cohort.storage import random_name


class ReplyAddress(models.Model):
    """Where one member answers one thing: `reply+<token>@…`, in every mail about it.

    The token is made of `nonce` and the secret key (`notifications.reply_addresses`); here is its
    hash, so that a copy of the database opens nothing.
    """

    # After the last mail that carried it.
    KEPT = timedelta(days=90)

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="reply_addresses")
    handler = models.CharField(max_length=40)  # of `registry.reply_handlers`
    target_pk = models.BigIntegerField()
    nonce = models.CharField(max_length=32)
    # Which secret key it was made with.
    key = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "reply addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "handler", "target_pk", "key"],
                condition=Q(revoked_at=None),
                name="reply_address_once_per_thing",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="reply_address_expires")]

    def __str__(self) -> str:
        return f"{self.member_id} to {self.handler} {self.target_pk}"


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    def waiting(self) -> "InboundMailQuerySet":
        return self.filter(state=InboundMail.State.WAITING)

    def visible_to(self, member: Membership) -> "InboundMailQuerySet":
        """What facilitators see of their cohort's: that it came and what became of it."""
        mine = self.filter(cohort=member.cohort_id)
        return mine if member.is_facilitator else mine.none()


class InboundMail(models.Model):
    """One mail that came to one of our addresses, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Taken in")
        HELD = "held", _("Kept as a draft")
        REFUSED = "refused", _("Not taken")
        IGNORED = "ignored", _("Left alone")
        FAILED = "failed", _("Could not be read")

    # How long what was written stays readable to staff, and how long the row stays at all.
    RAW_KEPT = timedelta(days=30)
    KEPT = timedelta(days=365)

    # What makes it this mail: its Message-ID (or its content) and the address it came to.
    key = models.CharField(max_length=64, unique=True)
    message_id = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=40)  # "smtp", "lmtp", "file", "webhook:postmark"
    # Which kind of address it came to, and the hash of its token.
    mailbox = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, blank=True)
    # As shown: never a whole token.
    address = models.CharField(max_length=320)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    # Envelope sender, and the provider's verdict on who sent it.
    envelope = models.JSONField(default=dict)
    raw = models.FileField(upload_to=random_name, max_length=120, blank=True)

    member = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="inbound_mails"
    )
    cohort = models.ForeignKey(
        Cohort, null=True, on_delete=models.SET_NULL, related_name="inbound_mails"
    )
    handler = models.CharField(max_length=40, blank=True)
    target_pk = models.BigIntegerField(null=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # A word of `notifications.inbound.reasons`.
    reason = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    # How often the same mail came once more.
    copies = models.PositiveIntegerField(default=0)
    # What was cut off, and what was left out, for staff.
    elided = models.TextField(blank=True)
    notes = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    url = models.CharField(max_length=200, blank=True)
    noticed_at = models.DateTimeField(null=True)

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state="waiting"), name="inbound_waiting"
            ),
            models.Index(fields=["cohort", "-received_at"], name="inbound_log"),
            models.Index(fields=["received_at"], name="inbound_received"),
            models.Index(
                fields=["sender", "noticed_at"],
                condition=Q(noticed_at__isnull=False),
                name="inbound_noticed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.address}"
