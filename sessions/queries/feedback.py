"""What people thought of a session, without names and never of few."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from sessions.models import CloseOut, Feedback, feedback_closes_at

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class FeedbackShown:
    """What is shown of the answers: `shown` of `given`, none of them below the floor."""

    given: int
    shown: int = 0
    average: float = 0.0
    # How often each score was given: [(5, 12), (4, 3), …].
    scores: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def floor(self) -> int:
        return Feedback.FLOOR


def feedback_rows(session: Any) -> QuerySet[Any]:
    """What was answered about a session, the first answer first, for `feedback_of`."""
    given = Feedback.objects.filter(session=session).order_by("given_at", "pk")
    return given.values(row=JSONObject(score="score", words="words"))


def feedback_of(session: Any, close_out: CloseOut | None) -> FeedbackShown:
    """Of one of `session_pages`. While one may answer, answers come to light so many at a time: one
    alone could be told by looking before and after. What was written stands in no order that says
    who was when.
    """
    answers = [(row["score"], row["words"]) for row in session.feedback_rows]
    given = len(answers)
    if timezone.now() < feedback_closes_at(session, close_out):
        answers = answers[: given - given % Feedback.FLOOR]
    if len(answers) < Feedback.FLOOR:
        return FeedbackShown(given)
    counts = Counter(score for score, _words in answers)
    written = [words for _score, words in answers if words]
    return FeedbackShown(
        given,
        len(answers),
        sum(score for score, _words in answers) / len(answers),
        tuple((score, counts[score]) for score in reversed(SCORES)),
        tuple(sorted(written, key=lambda words: sha256(words.encode()).digest())),
    )
