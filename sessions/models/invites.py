"""What members' calendars were told by mail (iTIP, RFC 5546)."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership


def new_uid() -> str:
    """A UID that nobody can guess: whoever answers with it is who was invited by it."""
    return f"{uuid.uuid4()}@{settings.MAIL_DOMAIN}"


class CalendarInvite(models.Model):
    """One session in one member's calendar: what was said of it last, and what they answered.

    `planned` names what a mail was last written for; `told` what was handed over. Sequences rise
    with each change that is told, so that a late mail never undoes a newer one (RFC 5546 §2.1.4).
    """

    class Told(models.TextChoices):
        NOTHING = "nothing", _("Nothing")
        REQUEST = "request", _("Invited")
        CANCEL = "cancel", _("Taken out")
        DECLINED = "declined", _("Declined from the calendar")

    session = models.ForeignKey(
        "learning_sessions.LearningSession", on_delete=models.CASCADE, related_name="invites"
    )
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="invites")
    uid = models.CharField(max_length=200, unique=True, default=new_uid, editable=False)
    # The highest SEQUENCE given to a mail, and what that mail was for: "request:<session's>".
    sequence = models.PositiveIntegerField(default=0)
    planned = models.CharField(max_length=40, blank=True)

    told = models.CharField(max_length=8, choices=Told.choices, default=Told.NOTHING)
    told_sequence = models.PositiveIntegerField(default=0)
    told_starts_at = models.DateTimeField(null=True)
    told_ends_at = models.DateTimeField(null=True)

    # DTSTAMP of the newest answer from the calendar: older ones came late (RFC 5546 §2.1.5).
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], name="calendar_invite_once_per_member"
            )
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def is_held(self) -> bool:
        """Whether their calendar has it, or a mail that puts it there is on its way."""
        return self.told in (self.Told.REQUEST, self.Told.DECLINED) or self.planned.startswith(
            "request"
        )

    @property
    def was_taken_out(self) -> bool:
        return self.planned.startswith("cancel")
