import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models.year import Membership


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so that a plain hash tells nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits, in letters that stand in an address."""
    return secrets.token_urlsafe(32)


class FeedKeyQuerySet(models.QuerySet["FeedKey"]):
    def standing(self) -> "FeedKeyQuerySet":
        return self.filter(revoked_at=None)

    def opened_by(self, secret: str) -> "FeedKey | None":
        """The key with this secret, if it still opens something.

        Not once it was revoked, its member left or was deactivated, or has new norms to agree to.
        """
        return (
            self.standing()
            .filter(digest=digest_of(secret))
            .filter(member__left_at=None, member__user__is_active=True)
            .filter(member__norms_agreed_version__gte=models.F("member__cohort__norms_version"))
            .select_related("member__cohort", "member__user", "member__team")
            .first()
        )


class FeedKey(models.Model):
    """A member's own way into feeds and calendars, for programs that cannot sign in.

    It opens what its member may see at that moment, and reads only. The secret stands in the
    addresses; here is its hash.
    """

    MOST = 5

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="feed_keys")
    name = models.CharField(
        _("name"), max_length=60, help_text=_("Where you will use it: “Reader on my phone”.")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # What the page made up when the form was shown: the same form sent twice is one key.
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = FeedKeyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["member"], condition=Q(revoked_at=None), name="feed_key_standing")
        ]

    def __str__(self) -> str:
        return self.name
