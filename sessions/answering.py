"""Answering from a mail without signing in: links that open one answer of one member, and no more.

A link is good as long as its session takes answers and its member is in the cohort. Following it
changes nothing; the page behind it asks, and its button posts.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cohort.models import Membership
from sessions.models import RSVP, LearningSession

# "." stands in neither half, and survives every mail program's idea of where a link ends.
_signer = signing.Signer(sep=".", salt="sessions.answer")


@dataclass(frozen=True)
class Invited:
    """Whose answer to what a link is about."""

    member: Membership
    session: LearningSession


def token_for(member: Membership, session: LearningSession) -> str:
    return _signer.sign_object([member.pk, session.pk], compress=False)


def by_token(token: str) -> Invited | None:
    """Whom and what a link is about; None for a forged one, for whoever left or has new norms to
    agree to, and for a session they may not see (any more)."""
    try:
        found: Any = _signer.unsign_object(token)
        member_pk, session_pk = found
    except (signing.BadSignature, ValueError, TypeError):
        return None
    member = (
        Membership.objects.active()
        .agreed()
        .select_related("user", "cohort", "team")
        .filter(pk=member_pk)
        .first()
    )
    if member is None:
        return None
    session = (
        LearningSession.objects.visible_to(member)
        .with_answer_of(member)
        .select_related("cohort")
        .filter(pk=session_pk)
        .first()
    )
    return Invited(member, session) if session else None


def links(member: Membership, session: LearningSession) -> list[tuple[Any, str]]:
    """(words, whole address) for each answer, to stand in a mail."""
    path = reverse("sessions:answer_link", args=[token_for(member, session)])
    address = f"{settings.BASE_URL}{path}"
    return [(answer.label, f"{address}?answer={answer.value}") for answer in RSVP.Answer]
