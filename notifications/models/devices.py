"""The browsers that a person wants news on."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class PushSubscription(models.Model):
    """One browser of a person, as it told us: where to post to, and the keys to encrypt with.

    It is told things only while it is signed in: `session_key` and `session_hash` say by which
    sign-in it asked (`cohort.sockets.Visitor`).
    """

    # So many devices has nobody; beyond, one has to go first.
    MOST = 10
    LONGEST_ENDPOINT = 1_000
    LONGEST_NAME = 80

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    # An address at the browser maker's push service. Who knows it can post there, encrypted or not.
    endpoint = models.CharField(max_length=LONGEST_ENDPOINT, unique=True)
    # RFC 8291 §3.1: the browser's public key (65 bytes) and secret (16 bytes), base64url.
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    session_key = models.CharField(max_length=40)
    session_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField(default=timezone.now)
    # When it last said that it is there, signed in.
    renewed_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"
