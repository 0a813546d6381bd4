"""What a session's live room holds beside its chat: questions, a pulse, shared notes."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from cohort.models import Membership, Role
from demo.loader import content
from demo.loader.chance import dice
from demo.loader.people import People
from sessions.models import (
    LearningSession,
    Pulse,
    PulseAnswer,
    Question,
    QuestionVote,
    Room,
    SharedNotes,
)
from sessions.services import notes, pulses


def load_room(session: LearningSession, words: content.Words, people: People) -> None:
    _questions(session, words, people)
    _pulse(session, words, people)
    _notes(session, content.section(words.body, "notes"))


def _questions(session: LearningSession, words: content.Words, people: People) -> None:
    writers = _writers(people)
    for number, line in enumerate(content.questions(words.body), start=1):
        chance = dice("asked", session.title, line.text)
        asked_at = session.starts_at + timedelta(minutes=4 + 6 * number)
        is_settled = line.state != Question.State.OPEN
        question = Question.objects.create(
            room_id=session.pk,
            asker=people.members[line.author] if line.author else chance.choice(writers),
            is_nameless=not line.author,
            text=line.text,
            form_key=uuid.uuid5(uuid.NAMESPACE_URL, f"{session.title}?{line.text}"),
            created_at=asked_at if is_settled else _before(session),
            state=line.state,
            settled_at=asked_at + timedelta(minutes=25) if is_settled else None,
            votes=line.votes,
            rev=number,
        )
        QuestionVote.objects.bulk_create(
            QuestionVote(question=question, member=member)
            for member in chance.sample(writers, line.votes)
        )
        Room.objects.filter(pk=session.pk).update(last_rev=number)


def _pulse(session: LearningSession, words: content.Words, people: People) -> None:
    asked = content.pulse(words.body)
    if asked is None:
        return
    hosts = [member for member in people.members.values() if member.role == Role.FACILITATOR]
    is_over = session.is_over
    at = session.starts_at + timedelta(minutes=50 if is_over else 10)
    pulse = Pulse.objects.create(
        room_id=session.pk,
        asked_by=hosts[0],
        question=asked.header["question"],
        kind=asked.header["kind"],
        form_key=uuid.uuid5(uuid.NAMESPACE_URL, f"{session.title}!"),
        created_at=at,
        closed_at=at + timedelta(minutes=4) if is_over else None,
        rev=Room.objects.get(pk=session.pk).last_rev + 1,
    )
    answers = asked.header["answers"].split()
    voters = dice("pulse", session.title).sample(_writers(people), len(answers))
    PulseAnswer.objects.bulk_create(
        PulseAnswer(pulse=pulse, member=member, text=text, answered_at=at + timedelta(minutes=1))
        for member, text in zip(voters, answers, strict=True)
    )
    pulse.counted, pulse.counted_answers = pulses.count(pulse), len(answers)
    pulse.counted_at = at + timedelta(minutes=2)
    pulse.save()
    Room.objects.filter(pk=session.pk).update(last_rev=pulse.rev)


def _notes(session: LearningSession, text: str) -> None:
    if not text:
        return
    doc = notes.document()
    doc[notes.ROOT] += text
    SharedNotes.objects.create(
        session=session,
        state=doc.get_update(),
        text=text,
        version=1,
        updated_at=session.ends_at if session.is_over else _before(session),
    )


def _before(session: LearningSession) -> datetime:
    """What is in a room already before its session."""
    return min(session.starts_at, timezone.now()) - timedelta(hours=20)


def _writers(people: People) -> list[Membership]:
    return [member for member in people.members.values() if member.role != Role.OBSERVER]
