"""What members are writing, kept as they type."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from forums import draft_places
from forums.models import Draft, Post, Thread
from forums.services.attachments import sweep_attachments


@transaction.atomic
def keep_draft(
    *,
    member: Membership,
    place: str,
    body: str,
    is_html: bool,
    title: str = "",
    fields: dict[str, Any] | None = None,
    form_key: uuid.UUID | None = None,
) -> bool:
    """Keep what stands in a form now; the oldest beyond `Draft.MOST` goes.

    What arrives after its form was sent is not kept, and an empty one is thrown away. Says whether
    it was kept.
    """
    if _was_sent(member, form_key):
        return False
    if not (body.strip() or title.strip() or fields):
        drop_draft(member=member, place=place)
        return False
    Draft.objects.update_or_create(
        member=member,
        place=place,
        defaults={
            "title": title[:140],
            "body": body,
            "is_html": is_html,
            "fields": fields or {},
            "updated_at": timezone.now(),
        },
    )
    newest = member.drafts.order_by("-updated_at", "-pk").values("pk")[: Draft.MOST]
    member.drafts.exclude(pk__in=newest).delete()
    return True


def _was_sent(member: Membership, form_key: uuid.UUID | None) -> bool:
    if form_key is None:
        return False
    mine = {"author": member, "form_key": form_key}
    is_posted = Post.objects.filter(**mine).exists() or Thread.objects.filter(**mine).exists()
    return is_posted or draft_places.was_sent(member, form_key)


def drop_draft(*, member: Membership, place: str) -> None:
    """Sent, or thrown away."""
    member.drafts.filter(place=place).delete()


def sweep_drafts(now: datetime) -> int:
    """Delete what nobody has touched for long."""
    return Draft.objects.filter(updated_at__lt=now - Draft.KEPT).delete()[0]


def sweep_unsent(now: datetime) -> int:
    """At each beat: what was never sent goes. No mail comes of it."""
    sweep_drafts(now)
    sweep_attachments(now)
    return 0
