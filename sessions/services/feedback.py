"""What those who were there thought of a session."""

from cohort.models import Membership
from sessions.models import Feedback, LearningSession


def give_feedback(
    *, session: LearningSession, member: Membership, score: int, words: str
) -> Feedback:
    """Keep a member's one answer; the last word counts."""
    row, _is_new = Feedback.objects.update_or_create(
        session=session, member=member, defaults={"score": score, "words": words}
    )
    return row
