"""What the year's sessions consist of, and those beside it: a series, a draft, one called off."""

import re
import uuid
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from cohort.models import Role
from demo.loader import content
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.labels import Labels
from demo.loader.people import People
from demo.loader.writing import rich
from sessions.models import RSVP, LearningSession, TaskTick
from sessions.services import planning
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks

_LINE = re.compile(r"(\d+) ([^|]+?)(?: \| (.+))?")
_MEETING = "https://meet.example.org/pathways-2026"


def agenda(body: str) -> list[tuple[int, str, list[str]]]:
    """Minutes, title, and who leads each part: nicknames of people and names of teams."""
    lines = content.section(body, "agenda").splitlines()
    found = [match for line in lines if (match := _LINE.fullmatch(line.strip()))]
    return [
        (int(line[1]), line[2], [name.strip() for name in (line[3] or "").split(",") if name])
        for line in found
    ]


def load_plan(session: LearningSession, words: content.Words, people: People) -> None:
    teams = {team.name: team for team in people.cohort.teams.all()}
    set_agenda(
        session,
        [
            AgendaPart(
                title,
                minutes,
                presenters=[people.members[name] for name in names if name not in teams],
                teams=[teams[name] for name in names if name in teams],
            )
            for minutes, title, names in agenda(words.body)
        ],
    )
    set_tasks(session, content.section(words.body, "tasks").splitlines())


def tick_some(session: LearningSession, people: People) -> None:
    """The eager have done a part of what is to be done before the next session."""
    TaskTick.objects.bulk_create(
        TaskTick(task=task, member=member)
        for task in session.tasks.all()
        for name, member in people.members.items()
        if member.role not in (Role.OBSERVER, Role.FACILITATOR)
        and name != "denise.tuttle"
        and dice("ticked", task.words, name).random() < 0.3
    )


def load_more(people: People, calendar: Calendar, labels: Labels) -> list[LearningSession]:
    """Returns those that take place."""
    loaded = []
    for row in content.rows("more.csv"):
        day, start = _when(row, calendar)
        session = planning.plan_session(
            cohort=people.cohort,
            title=row["title"],
            kind=row["kind"].replace(" ", "_"),
            local_date=day,
            local_time=start,
            local_fold=0,
            time_zone=row["timezone"],
            minutes=int(row["minutes"]),
            capacity=int(row["seats"]) if row["seats"] else None,
            meeting_url=_MEETING,
            themes=[labels.theme(name) for name in filter(None, row["themes"].split("|"))],
            description=rich(row["description"]).html,
            series=uuid.uuid5(uuid.NAMESPACE_URL, row["series"]) if row["series"] else None,
            publish=False,
        )
        # As the services would leave it; nobody is told of the demo's own plan.
        session.status, session.cancel_reason = row["status"], row["reason"]
        session.save(update_fields=["status", "cancel_reason"])
        if session.capacity:
            _take_seats(session, session.capacity, people, calendar)
        if session.status == session.Status.SCHEDULED:
            loaded.append(session)
    return loaded


def _when(row: dict[str, str], calendar: Calendar) -> tuple[date, time]:
    """The day and hour that the file says; what is "now" has begun a quarter of an hour ago."""
    if row["date"] != "now":
        return calendar.day(date.fromisoformat(row["date"])), time.fromisoformat(row["start"])
    began = calendar.now.astimezone(ZoneInfo(row["timezone"])) - timedelta(minutes=15)
    return began.date(), began.time().replace(second=0, microsecond=0)


def _take_seats(session: LearningSession, seats: int, people: People, calendar: Calendar) -> None:
    """Half as many more than there are seats would come; whoever was late waits."""
    askers = [
        member
        for name, member in people.members.items()
        if member.role in (Role.MEMBER, Role.TEAM_LEAD) and name != "denise.tuttle"
    ]
    chosen = dice("seats", session.title).sample(askers, seats + seats // 2)
    RSVP.objects.bulk_create(
        RSVP(
            session=session,
            member=member,
            answer=RSVP.Answer.YES,
            answered_at=(at := calendar.now - timedelta(hours=5 * (len(chosen) - place))),
            waitlisted_at=at if place >= seats else None,
        )
        for place, member in enumerate(chosen)
    )
