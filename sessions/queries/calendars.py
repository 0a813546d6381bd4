"""What a member's calendar program gets to see."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from cohort.models import Membership
from sessions.models import RSVP, LearningSession, LearningSessionQuerySet

LOOKS_BACK, LOOKS_AHEAD = timedelta(days=90), timedelta(days=400)


def followed(member: Membership, now: datetime) -> LearningSessionQuerySet:
    """All sessions a member may see, of this year or so, those called off among them.

    Drafts are in no calendar, not even a facilitator's.
    """
    mine = RSVP.objects.filter(session=OuterRef("pk"), member=member)
    return (
        LearningSession.objects.visible_to(member)
        .exclude(status=LearningSession.Status.DRAFT)
        .filter(ends_at__gte=now - LOOKS_BACK, starts_at__lte=now + LOOKS_AHEAD)
        .annotate(my_answered_at=Subquery(mine.values("answered_at")))
        .select_related("cohort")
        .order_by("starts_at", "pk")
    )


def of_their_own(member: Membership, now: datetime) -> LearningSessionQuerySet:
    """The same without those that the member does not come to."""
    declined = RSVP.objects.filter(member=member, answer=RSVP.Answer.NO)
    return followed(member, now).exclude(pk__in=declined.values("session"))
