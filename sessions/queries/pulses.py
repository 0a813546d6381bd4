"""Quick pulses as one member sees them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from cohort.models import Membership
from sessions.models import LearningSession, Pulse, PulseAnswer

PULSES_SHOWN = 50
WORDS_SHOWN = 60


@dataclass(frozen=True)
class Result:
    text: str
    count: int
    is_mine: bool = False


@dataclass(frozen=True)
class PulseView:
    """A pulse as one member may see it. Without `shows_results` there are none."""

    pk: int
    question: str
    kind: str
    offered: list[str]
    is_anonymous: bool
    is_open: bool
    created_at: datetime
    answers: int  # how many answered in all
    counted: int  # how many of them the results are of
    results: list[Result]
    my_answer: str
    may_answer: bool
    shows_results: bool
    rev: int
    floor: int = Pulse.FLOOR

    @property
    def awaits_more(self) -> bool:
        """Anonymous, and too few have answered: all that is told is how many."""
        return self.is_anonymous and not self.counted


def pulses_of(member: Membership, session: LearningSession, *, may_answer: bool) -> list[PulseView]:
    """A room's pulses, the latest first, in one query.

    Results come once one has answered or it is closed; to facilitators and those who only read, at
    once.
    """
    pulses = Pulse.objects.visible_to(member).filter(room_id=session.pk)
    answers = PulseAnswer.objects.filter(pulse=OuterRef("pk"))
    asked = pulses.annotate(
        texts=ArraySubquery(answers.values_list("text")),
        mine=Subquery(answers.filter(member=member).values("text")),
    )
    return [
        _view(pulse, pulse.texts, pulse.mine or "", may_answer, member)
        for pulse in asked[:PULSES_SHOWN]
    ]


def _view(
    pulse: Pulse, texts: Sequence[str], my_answer: str, may_answer: bool, member: Membership
) -> PulseView:
    may_answer = may_answer and pulse.is_open
    counts = shown_counts(pulse, texts)
    shows_results = bool(my_answer) or not may_answer or member.is_facilitator
    return PulseView(
        pk=pulse.pk,
        question=pulse.question,
        kind=pulse.kind,
        offered=pulse.offered,
        is_anonymous=pulse.is_anonymous,
        is_open=pulse.is_open,
        created_at=pulse.created_at,
        answers=len(texts),
        counted=sum(counts.values()),
        results=results(pulse, counts, my_answer) if shows_results else [],
        my_answer=my_answer,
        may_answer=may_answer,
        shows_results=shows_results,
        rev=pulse.rev,
    )


def shown_counts(pulse: Pulse, texts: Sequence[str]) -> Mapping[str, int]:
    """How often each answer was given; of an anonymous pulse, when it was counted last."""
    return pulse.counted if pulse.is_anonymous else Counter(texts)


def results(pulse: Pulse, counts: Mapping[str, int], my_answer: str = "") -> list[Result]:
    """What was offered, in its order, or the words that were written, the most frequent first."""
    if pulse.kind != Pulse.Kind.WORDS:
        return [Result(text, counts.get(text, 0), text == my_answer) for text in pulse.offered]
    words: dict[str, tuple[str, int]] = {}
    for text in sorted(counts):
        first, number = words.get(text.casefold(), (text, 0))
        words[text.casefold()] = (first, number + counts[text])
    ordered = sorted(words.values(), key=lambda word: (-word[1], word[0].casefold()))
    mine = my_answer.casefold()
    return [Result(text, number, text.casefold() == mine) for text, number in ordered[:WORDS_SHOWN]]


@dataclass(frozen=True)
class Tally:
    """What a pulse tells to everybody alike."""

    answers: int
    counted: int
    results: list[Result]


def tallies(pulses: Sequence[Pulse]) -> dict[int, Tally]:
    """By pulse, in one query, or none for none."""
    texts: dict[int, list[str]] = {pulse.pk: [] for pulse in pulses}
    if texts:
        rows = PulseAnswer.objects.filter(pulse__in=texts).values_list("pulse", "text")
        for pulse_pk, text in rows:
            texts[pulse_pk].append(text)
    return {pulse.pk: _tally(pulse, texts[pulse.pk]) for pulse in pulses}


def _tally(pulse: Pulse, texts: Sequence[str]) -> Tally:
    counts = shown_counts(pulse, texts)
    return Tally(len(texts), sum(counts.values()), results(pulse, counts))
