"""The year of sessions: plan, answers, attendance, what was said in the room."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from cohort.models import Membership, Role
from cohort.zones import to_utc
from demo.loader import content, rooms
from demo.loader.afterwards import close_out
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.invites import take_as_invited
from demo.loader.labels import Labels
from demo.loader.library import Library
from demo.loader.people import People
from demo.loader.plans import load_more, load_plan, tick_some
from demo.loader.writing import rich
from forums.models import Thread
from sessions.models import (
    RSVP,
    Attendance,
    ChatMessage,
    LearningSession,
    Room,
    SessionTheme,
)

_MEETING = "https://meet.example.org/pathways-2026"
# How ready each team is to answer for the next session: some are thin, one is silent.
_READINESS = {
    "Harbor City Promise": 0.9,
    "Black Warrior Works": 0.9,
    "Upper Plateau Pathways": 0.8,
    "First State Bridges": 0.85,
    "High Desert Careers": 0.7,
    "Prairie Rivers Cooperative": 0.6,
    "Mission Trail Works": 0.55,
    "Bayou Bridge Alliance": 0.4,
    "Great Lake Makers": 0.25,
    "Desert Valley Futures": 0.0,
}
_NOTES: dict[str, list[str]] = {
    RSVP.Answer.YES: [
        "Two of us in one room.",
        "From the road, so listening more than talking.",
        "I would like to say something in the harvest.",
    ],
    RSVP.Answer.MAYBE: [
        "I may have to leave for shift change.",
        "If the auditor goes home in time.",
        "A snow day would change this.",
    ],
    RSVP.Answer.NO: [
        "Board meeting at the same hour, I will read the notes.",
        "Traveling. My deputy knows to come.",
        "Testing week. I will watch the recording.",
    ],
}


@dataclass
class Meeting:
    session: LearningSession
    words: content.Words


def load_year(
    people: People,
    calendar: Calendar,
    labels: Labels,
    library: Library,
    threads: dict[str, Thread],
) -> None:
    meetings = _sessions(people, calendar, labels)
    for meeting in meetings:
        session, words = meeting.session, meeting.words
        session.resources.set([library.resources[key] for key in words.listed("resources")])
        session.threads.set([threads[title] for title in words.listed("threads", ";")])
    past = [meeting for meeting in meetings if meeting.session.ends_at <= calendar.now]
    ahead = [meeting for meeting in meetings if meeting.session.ends_at > calendar.now]
    Room.objects.bulk_create(Room(session=meeting.session) for meeting in meetings)
    rsvps: list[RSVP] = []
    for meeting in meetings:
        rooms.load_room(meeting.session, meeting.words, people)
    for meeting in past:
        spoke = _chat(meeting, people)
        rsvps += _came(meeting, people, spoke)
    # The latest waits for its hosts still.
    for meeting in past[:-1]:
        close_out(meeting.session, meeting.words, people)
    rsvps += _coming(ahead[0], people, calendar)
    rsvps += _early_birds(ahead[1:3], people, calendar)
    RSVP.objects.bulk_create(rsvps)
    for meeting in meetings:
        load_plan(meeting.session, meeting.words, people)
    tick_some(ahead[0].session, people)
    more = load_more(people, calendar, labels)
    for session in more:
        if session.is_on:
            _begin(Meeting(session, content.on_now()), people)
    take_as_invited([*(meeting.session for meeting in ahead), *more])


def planned_day(title: str) -> date:
    """The day that the year file gives to a session."""
    row = next(row for row in content.rows("year.csv") if row["title"] == title)
    return date.fromisoformat(row["date"])


def _sessions(people: People, calendar: Calendar, labels: Labels) -> list[Meeting]:
    written = content.sessions()
    rows = sorted(content.rows("year.csv"), key=lambda row: (row["date"], row["start"]))
    meetings = [
        Meeting(_session(row, written[row["title"]], people, calendar), written[row["title"]])
        for row in rows
    ]
    LearningSession.objects.bulk_create(meeting.session for meeting in meetings)
    SessionTheme.objects.bulk_create(
        SessionTheme(content_object=meeting.session, tag=labels.theme(name))
        for row, meeting in zip(rows, meetings, strict=True)
        for name in filter(None, row["themes"].split("|"))
    )
    return meetings


def _session(
    row: dict[str, str], words: content.Words, people: People, calendar: Calendar
) -> LearningSession:
    day = calendar.day(date.fromisoformat(row["date"]))
    start = time.fromisoformat(row["start"])
    minutes = int(row["minutes"])
    starts_at = to_utc(day, start, row["timezone"], fold=0)
    over = starts_at + timedelta(minutes=minutes) <= calendar.now
    description = rich(content.section(words.body, "description"))
    summary = rich(content.section(words.body, "summary") if over else "")
    return LearningSession(
        cohort=people.cohort,
        title=row["title"],
        kind=row["kind"].replace(" ", "_"),
        description=description.html,
        description_text=description.text,
        goals=content.section(words.body, "goals"),
        local_date=day,
        local_time=start,
        time_zone=row["timezone"],
        minutes=minutes,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        meeting_url=_MEETING,
        facilitator_notes=content.section(words.body, "facilitator notes"),
        summary=summary.html,
        summary_text=summary.text,
        recording_url=words.header.get("recording", "") if over else "",
        created_at=calendar.moment("09-01 09:00", row["timezone"]),
        updated_at=calendar.moment("09-01 09:00", row["timezone"]),
    )


def _chat(meeting: Meeting, people: People) -> set[int]:
    """Put the transcript into the room; says who spoke, by membership."""
    session, lines = meeting.session, content.chat(meeting.words.body)
    room = Room(session=session, last_seq=len(lines))
    messages: list[ChatMessage] = []
    said_at = session.starts_at - timedelta(hours=1)
    for seq, line in enumerate(lines, start=1):
        name = f"{session.title}#{seq}"
        chance = dice("chat", name)
        pause = timedelta(seconds=chance.randint(5, 14))
        minute = session.starts_at + timedelta(minutes=line.minute, seconds=chance.randint(0, 25))
        said_at = max(said_at + pause, minute)
        messages.append(
            ChatMessage(
                room=room,
                seq=seq,
                sender=people.members[line.author],
                client_id=uuid.uuid5(uuid.NAMESPACE_URL, name),
                body=line.body,
                created_at=said_at,
            )
        )
    ChatMessage.objects.bulk_create(messages)
    Room.objects.filter(pk=session.pk).update(last_seq=len(lines))
    return {message.sender.pk for message in messages if message.sender}


def _begin(meeting: Meeting, people: People) -> None:
    """It is on: some are there already, and talk."""
    session = meeting.session
    rooms.load_room(session, meeting.words, people)
    joined_at = session.starts_at + timedelta(minutes=1)
    Attendance.objects.bulk_create(
        Attendance(
            session=session,
            member_id=pk,
            mark=Attendance.Mark.ATTENDED,
            source=Attendance.Source.JOIN,
            set_at=joined_at,
            joined_at=joined_at,
        )
        for pk in sorted(_chat(meeting, people))
    )


def _came(meeting: Meeting, people: People, spoke: set[int]) -> list[RSVP]:
    """Mark who was there, and say what they had answered before."""
    session, header = meeting.session, meeting.words.header
    attendances, rsvps = [], []
    for member in people.members.values():
        expected = member.role != Role.OBSERVER and member.joined_at <= session.starts_at
        if not expected and member.pk not in spoke:
            continue
        chance = dice("came", session.title, member.user.email)
        mark = _mark(chance, float(header["came"]), spoke=member.pk in spoke)
        joined = mark in (Attendance.Mark.ATTENDED, Attendance.Mark.PARTLY)
        late = chance.randint(9, 30) if mark == Attendance.Mark.PARTLY else chance.randint(-8, 4)
        attendances.append(
            Attendance(
                session=session,
                member=member,
                mark=mark,
                source=Attendance.Source.JOIN if joined else Attendance.Source.PERSON,
                set_at=session.ends_at,
                joined_at=session.starts_at + timedelta(minutes=late) if joined else None,
            )
        )
        if answer := _answer_before(chance, joined=joined, rate=float(header["yes"])):
            rsvps.append(_rsvp(session, member, answer, chance, session.starts_at))
    Attendance.objects.bulk_create(attendances)
    return rsvps


def _mark(chance: Random, rate: float, *, spoke: bool) -> str:
    if spoke or chance.random() < rate:
        return Attendance.Mark.PARTLY if chance.random() < 0.07 else Attendance.Mark.ATTENDED
    return Attendance.Mark.EXCUSED if chance.random() < 0.35 else Attendance.Mark.ABSENT


def _answer_before(chance: Random, *, joined: bool, rate: float) -> str:
    """What was answered beforehand: mostly, not always, what then happened."""
    if chance.random() > 0.88:
        return ""
    if joined:
        return RSVP.Answer.YES if chance.random() < max(rate, 0.75) else RSVP.Answer.MAYBE
    return chance.choices(
        [RSVP.Answer.NO, RSVP.Answer.MAYBE, RSVP.Answer.YES, ""], [45, 20, 15, 20]
    )[0]


def _coming(meeting: Meeting, people: People, calendar: Calendar) -> list[RSVP]:
    """Answers to the next session, by how ready each team is. The demo's member has not yet."""
    rsvps = []
    for name, member in people.members.items():
        if member.role == Role.OBSERVER or name == "denise.tuttle":
            continue
        chance = dice("coming", meeting.session.title, member.user.email)
        ready = _READINESS.get(member.team.name, 0.5) if member.team else 1.0
        if chance.random() < ready:
            likely = [100, 0, 0] if member.is_facilitator else [64, 21, 15]
            answer = chance.choices([RSVP.Answer.YES, RSVP.Answer.MAYBE, RSVP.Answer.NO], likely)[0]
            rsvps.append(_rsvp(meeting.session, member, answer, chance, calendar.now))
    return rsvps


def _early_birds(meetings: list[Meeting], people: People, calendar: Calendar) -> list[RSVP]:
    return [
        _rsvp(meeting.session, member, RSVP.Answer.YES, chance, calendar.now)
        for meeting in meetings
        for member in people.members.values()
        if member.role != Role.OBSERVER
        and (chance := dice("early", meeting.session.title, member.user.email)).random() < 0.12
    ]


def _rsvp(
    session: LearningSession, member: Membership, answer: str, chance: Random, before: datetime
) -> RSVP:
    likely = 0.06 if answer == RSVP.Answer.YES else 0.35
    note = chance.choice(_NOTES[answer]) if chance.random() < likely else ""
    answered = before - timedelta(hours=chance.randint(2, 200), minutes=chance.randint(0, 59))
    return RSVP(session=session, member=member, answer=answer, note=note, answered_at=answered)
