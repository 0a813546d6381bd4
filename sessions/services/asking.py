"""Asking once more those who have not answered."""

from django.db import transaction
from django.utils import timezone

from cohort import audit
from cohort.models import Membership
from sessions import notices, queries
from sessions.models import LearningSession
from sessions.permissions import can_ask_again


class TooSoon(Exception):
    """They were asked less than a day ago."""


@transaction.atomic
def ask_again(*, session: LearningSession, by: Membership) -> int:
    """Write to everybody who has not answered; says to how many. Raises TooSoon."""
    session = LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if not can_ask_again(session):
        raise TooSoon
    silent = list(queries.unanswered(session))
    session.asked_again_at = timezone.now()
    session.save(update_fields=["asked_again_at"])
    audit.record(
        "session.asked_again", subject=session, actor=by, cohort=session.cohort, people=len(silent)
    )
    notices.please_answer(session, silent)
    return len(silent)
