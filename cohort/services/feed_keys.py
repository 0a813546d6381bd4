"""Keys for feeds and calendars: made once, shown once, revoked for good."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohort import audit
from cohort.models import FeedKey, Membership
from cohort.models.feed_keys import digest_of, new_secret

NOTE_USE_EVERY = timedelta(hours=1)


class TooManyKeys(Exception):
    """The member has as many standing keys as one may have."""


class ShownAlready(Exception):
    """This form made its key before; its secret is not shown twice."""


@transaction.atomic
def make_key(*, member: Membership, name: str, form_key: uuid.UUID) -> tuple[FeedKey, str]:
    """A new key and its secret, which is told this once. Raises TooManyKeys or ShownAlready."""
    Membership.objects.select_for_update().get(pk=member.pk)
    if FeedKey.objects.filter(form_key=form_key).exists():
        raise ShownAlready
    if member.feed_keys.standing().count() >= FeedKey.MOST:
        raise TooManyKeys
    secret = new_secret()
    key = FeedKey.objects.create(
        member=member, name=name, digest=digest_of(secret), form_key=form_key
    )
    audit.record("feed_key.made", subject=name, actor=member, cohort=member.cohort, key=key.pk)
    return key, secret


@transaction.atomic
def revoke_key(*, key: FeedKey, by: Membership) -> None:
    """End a key; whatever uses it finds nothing from now on."""
    if not FeedKey.objects.standing().filter(pk=key.pk).update(revoked_at=timezone.now()):
        return
    audit.record("feed_key.revoked", subject=key.name, actor=by, cohort=by.cohort, key=key.pk)


def note_use(key: FeedKey, now: datetime) -> None:
    """Remember about when a key was used last."""
    if key.last_used_at and now - key.last_used_at < NOTE_USE_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    FeedKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
