"""What came of past sessions: their close-outs, what people thought, a line that went further."""

from datetime import timedelta
from itertools import zip_longest

from cohort.models import Role
from demo.loader import content
from demo.loader.chance import dice
from demo.loader.people import People
from demo.loader.writing import rich
from sessions.models import (
    Attendance,
    ChatMessage,
    CloseOut,
    Feedback,
    FollowUp,
    LearningSession,
    Question,
)

_WORDS = {
    5: [
        "The small groups. I have a name to call now.",
        "Keep the cases. Nobody was selling anything.",
        "The first call this month that I would have come to twice.",
        "The ten minutes of writing before anybody spoke.",
    ],
    4: [
        "More time in the groups, less for the plenary.",
        "Please send the questions a day before.",
        "Good. I would have liked more employers in the room.",
    ],
    3: ["Useful for my team lead, less for me.", "We ran out of time just when it got honest."],
    2: ["Too long for a Tuesday. An hour would do."],
}
_LIKELY = {5: 45, 4: 38, 3: 13, 2: 4}


def close_out(session: LearningSession, words: content.Words, people: People) -> None:
    """As its hosts left it: finished some hours later, with next steps and feedback.

    Of the questions that were kept for later the first became its first discussion, the others were
    let go; a line of whoever began another discussion is shown as what that came of.
    """
    chance = dice("closed", session.title)
    hosts = [m for m in people.members.values() if m.role == Role.FACILITATOR]
    steps = rich(content.section(words.body, "next steps"))
    finished_at = session.ends_at + timedelta(hours=chance.randint(3, 30))
    CloseOut.objects.create(
        session=session,
        next_steps=steps.html,
        next_steps_text=steps.text,
        finished_at=finished_at,
        finished_by=chance.choice(hosts),
    )
    _give_feedback(session)
    by_pk = chance.choice(hosts).pk
    _settle_questions(session, by_pk)
    _link_a_line(session, by_pk)


def _give_feedback(session: LearningSession) -> None:
    rows = []
    left = {score: list(words) for score, words in _WORDS.items()}  # each is said once
    there = session.attendances.filter(mark__in=Attendance.THERE).select_related("member__user")
    for came in there.exclude(member__role__in=[Role.FACILITATOR, Role.OBSERVER]):
        chance = dice("feedback", session.title, came.member.user.email)
        if chance.random() < 0.4:
            score = chance.choices(list(_LIKELY), list(_LIKELY.values()))[0]
            speaks = bool(left[score]) and chance.random() < 0.3
            words = left[score].pop(chance.randrange(len(left[score]))) if speaks else ""
            given_at = session.ends_at + timedelta(hours=chance.randint(31, 60))
            rows.append(
                Feedback(
                    session=session,
                    member=came.member,
                    score=score,
                    words=words,
                    given_at=given_at,
                )
            )
    Feedback.objects.bulk_create(rows)


def _link_a_line(session: LearningSession, by_pk: int) -> None:
    for thread in session.threads.filter(author__isnull=False, follow_up=None).order_by("pk"):
        lines = ChatMessage.objects.filter(room_id=session.pk, sender=thread.author)
        line = max(lines, key=lambda line: len(line.body), default=None)
        if line:
            FollowUp.objects.create(
                session=session, line=line, thread=thread, by_id=by_pk, at=session.ends_at
            )
            return


def _settle_questions(session: LearningSession, by_pk: int) -> None:
    kept = Question.objects.filter(room_id=session.pk, state=Question.State.LATER)
    later = list(kept.order_by("-votes", "pk"))
    begun = session.threads.order_by("pk")[:1] if later else []
    for question, thread in zip_longest(later, begun):
        FollowUp.objects.create(
            session=session,
            question=question,
            thread=thread,
            by_id=by_pk,
            at=session.ends_at + timedelta(hours=1),
        )
