"""Quick pulses: asked by a facilitator, answered once, changed until they are closed."""

import uuid
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from cohort.models import Membership
from sessions import live
from sessions.models import ANSWER_LIMIT, Pulse, PulseAnswer
from sessions.services.chat import clean
from sessions.services.places import next_rev


class PulseClosed(Exception):
    """It was closed meanwhile."""


class NotOffered(ValueError):
    """The answer is none of those that one may choose from, or empty, or too long."""


@transaction.atomic
def start(
    *,
    session_pk: int,
    by: Membership,
    question: str,
    kind: str,
    choices: Sequence[str],
    is_anonymous: bool,
    form_key: uuid.UUID,
) -> Pulse:
    """Ask everybody something; one that is still open is closed by it. Safe to send twice."""
    rev = next_rev(session_pk)
    if again := Pulse.objects.filter(room_id=session_pk, form_key=form_key).first():
        return again
    if running := Pulse.objects.filter(room_id=session_pk, closed_at=None).first():
        _close(running, rev)
        rev = next_rev(session_pk)
    pulse = Pulse.objects.create(
        room_id=session_pk,
        asked_by=by,
        question=question,
        kind=kind,
        choices=list(choices) if kind == Pulse.Kind.CHOICE else [],
        is_anonymous=is_anonymous,
        form_key=form_key,
        rev=rev,
    )
    live.room_moved_on(session_pk)
    return pulse


@transaction.atomic
def answer(*, pulse: Pulse, member: Membership, text: str) -> None:
    """Make this the member's answer. Raises PulseClosed or NotOffered."""
    rev = next_rev(pulse.room_id)
    pulse = Pulse.objects.get(pk=pulse.pk)
    if not pulse.is_open:
        raise PulseClosed
    text = _checked(pulse, text)
    answers = PulseAnswer.objects.filter(pulse=pulse)
    if answers.filter(member=member, text=text).exists():
        return
    PulseAnswer.objects.update_or_create(
        pulse=pulse, member=member, defaults={"text": text, "answered_at": timezone.now()}
    )
    pulse.rev = rev
    if pulse.is_anonymous:
        _count_when_enough(pulse)
    pulse.save()
    live.room_moved_on(pulse.room_id)


@transaction.atomic
def close(*, pulse: Pulse) -> None:
    """End it for good. Of an anonymous one this brings no further answer to light."""
    rev = next_rev(pulse.room_id)
    if running := Pulse.objects.filter(pk=pulse.pk, closed_at=None).first():
        _close(running, rev)
        live.room_moved_on(pulse.room_id)


def _close(pulse: Pulse, rev: int) -> None:
    pulse.closed_at, pulse.rev = timezone.now(), rev
    pulse.save(update_fields=["closed_at", "rev"])


def _checked(pulse: Pulse, text: str) -> str:
    if pulse.kind != Pulse.Kind.WORDS:
        if text not in pulse.offered:
            raise NotOffered
        return text
    text = " ".join(text.split())
    if not text or len(text) > ANSWER_LIMIT:
        raise NotOffered
    return clean(text, ANSWER_LIMIT)


def _count_when_enough(pulse: Pulse) -> None:
    """Count anew what is shown, once so many have answered or changed their answer since then."""
    answers = PulseAnswer.objects.filter(pulse=pulse)
    new = answers.filter(answered_at__gt=pulse.counted_at) if pulse.counted_at else answers
    if new.count() < Pulse.FLOOR:
        return
    pulse.counted = count(pulse)
    pulse.counted_answers = sum(pulse.counted.values())
    pulse.counted_at = timezone.now()


def count(pulse: Pulse) -> dict[str, int]:
    """How often each answer was given, now."""
    texts = PulseAnswer.objects.filter(pulse=pulse).values_list("text", flat=True)
    return dict(Counter(texts))
