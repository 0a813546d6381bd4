"""A session that has every part, each `count` times, to measure what its pages cost."""

import uuid

from django.conf import settings
from django.utils import timezone

from forums.models import Space
from sessions.models import (
    RSVP,
    AttendanceChange,
    ChatMessage,
    Feedback,
    LearningSession,
    LineReaction,
    MeetingList,
    Pulse,
    PulseAnswer,
    Question,
    QuestionVote,
    RoomMute,
    RoomStay,
    SharedNotes,
    TaskTick,
)
from sessions.services import closing, following_up
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.attendance import mark_attendance
from tests.conftest import Cast
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    ResourceFactory,
    SessionFactory,
    SpaceFactory,
)


def fill(session: LearningSession, cast: Cast, themes, count: int) -> None:
    """Mia waits for a seat, was there, and has given feedback."""
    session.themes.set(list(themes.values())[:count])
    LearningSession.objects.filter(pk=session.pk).update(
        capacity=50,
        series=uuid.uuid4(),
        goals="Trust\nTime",
        description="<p>About trust</p>",
        facilitator_notes="Bring coffee",
        summary="<p>We met</p>",
        recording_url="https://video.example.org/1",
        meeting_url="https://meet.example.org/1",
    )
    session.refresh_from_db()
    parts = [
        AgendaPart(f"Part {n}", 9, presenters=[cast.mia, cast.theo], teams=[cast.team])
        for n in range(count)
    ]
    set_agenda(session, parts)
    set_tasks(session, [f"Task {n}" for n in range(count)])
    SharedNotes.objects.create(session=session, text="Written together")
    space = SpaceFactory(cohort=cast.cohort, slug="commons", name="Commons")
    for number in range(1, count + 1):
        _one_more(session, cast, number, space)
    closing.keep_record(
        session=session,
        summary="<p>We met</p>",
        next_steps="<p>Write it down</p>",
        recording_url="https://video.example.org/1",
    )
    RSVP.objects.create(
        session=session, member=cast.mia, answer="yes", waitlisted_at=timezone.now(), note="Late"
    )
    mark_attendance(session=session, members=[cast.mia], mark="attended", by=cast.fay)
    Feedback.objects.create(session=session, member=cast.mia, score=4, words="More time")


def _one_more(session: LearningSession, cast: Cast, number: int, space: Space) -> None:
    cohort = cast.cohort
    organization = OrganizationFactory(cohort=cohort, team=cast.team, name=f"Org {number}")
    person = MembershipFactory(cohort=cohort, team=cast.team, organization=organization)
    RSVP.objects.create(session=session, member=person, answer="yes", note="Hello")
    RSVP.objects.create(session=session, member=MembershipFactory(cohort=cohort), answer="maybe")
    TaskTick.objects.create(task=session.tasks.all()[0], member=person)
    resource = ResourceFactory(cohort=cohort, title=f"Slides {number}")
    session.resources.add(resource)
    SessionFactory(cohort=cohort, series=session.series, title=f"Again {number}")
    _say(session, person, number, resource, space, cast)
    _ask(session, person, number, space, cast)
    RoomMute.objects.create(room_id=session.pk, member=MembershipFactory(cohort=cohort))
    RoomStay.objects.create(
        session=session, member=person, came_at=timezone.now(), last_at=timezone.now(), seconds=600
    )
    mark_attendance(session=session, members=[person], mark="partly", by=cast.fay)
    MeetingList.objects.create(session=session, by=cast.fay, provider="zoom", rows=[])
    for score in (3, 4, 5):
        other = MembershipFactory(cohort=cohort)
        Feedback.objects.create(session=session, member=other, score=score, words=f"Words {score}")
    assert AttendanceChange.objects.filter(session=session).exists()


def _say(session, person, number, resource, space, cast) -> None:
    """Two lines, the second of which answers the first, links to a thing and a discussion."""
    first = ChatMessage.objects.create(
        room_id=session.pk, seq=2 * number - 1, sender=person, client_id=uuid.uuid4(), body="Hello"
    )
    thread = following_up.discuss_line(
        line=first, by=cast.fay, space=space, title=f"Of a line {number}", themes=[]
    )
    links = (resource, thread, session)
    second = ChatMessage.objects.create(
        room_id=session.pk,
        seq=2 * number,
        sender=cast.theo,
        client_id=uuid.uuid4(),
        answers_seq=first.seq,
        body=" ".join(f"{settings.BASE_URL}{thing.get_absolute_url()}" for thing in links),
    )
    LineReaction.objects.create(line=second, member=person, kind="thanks")


def _ask(session, person, number, space, cast) -> None:
    """An open question, one that became a discussion, one that was let go, and a pulse."""
    waits, went, gone = (
        Question.objects.create(
            room_id=session.pk, asker=person, text=f"{words} {number}?", is_nameless=True
        )
        for words in ("Who", "Where", "Why")
    )
    QuestionVote.objects.create(question=waits, member=cast.mia)
    following_up.discuss_question(
        question=went, by=cast.fay, space=space, title=f"Of a question {number}", themes=[]
    )
    following_up.let_go(question=gone, by=cast.fay)
    pulse = Pulse.objects.create(
        room_id=session.pk, question=f"How {number}?", is_anonymous=False, closed_at=timezone.now()
    )
    PulseAnswer.objects.create(pulse=pulse, member=person, text="4")
