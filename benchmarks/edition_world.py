"""Cohorts with a week behind them, and members who each have read something else of it."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from cohort.models import Audience, Cohort, Membership, Role, Team, Theme, User
from forums.models import Mention, Post, Space, Thread, ThreadTheme, path_step
from notifications.models import Choices
from resources.models import Resource, ResourceTheme
from sessions.models import LearningSession

SLUG = "edition-"
MAIL = "edition.scale.example.org"
MEMBERS = 100  # of each cohort, in ten teams
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
THREADS, OLD_THREADS, REPLIES = 30, 20, 90
RESOURCES = 6
SENTENCE = "The steering committee met with three employers and agreed on who calls whom first. "
KINDS = ("discussion", "discussion", "question", "win", "dilemma")


def build(cohorts: int) -> None:
    """Replace what an earlier run left by so many cohorts of `MEMBERS`."""
    dice = random.Random(20261124)
    with transaction.atomic():
        _remove_earlier()
        for number in range(cohorts):
            _cohort(number, dice)
        _read_something()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _remove_earlier() -> None:
    with connection.cursor() as cursor:
        for table in ("forums_reading", "forums_follow"):
            cursor.execute(
                f"DELETE FROM {table} WHERE member_id IN (SELECT m.id FROM cohort_membership m "
                "JOIN cohort_cohort c ON c.id = m.cohort_id WHERE c.slug LIKE %s)",
                [f"{SLUG}%"],
            )
    for cohort in Cohort.objects.filter(slug__startswith=SLUG):
        cohort.delete()
    User.objects.filter(email__endswith=MAIL).delete()


def _cohort(number: int, dice: random.Random) -> None:
    now = datetime.now(UTC)
    cohort = Cohort.objects.create(
        slug=f"{SLUG}{number}",
        name=f"Community {number}",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 8, 31),
        norms="<p>Be kind.</p>",
    )
    members = _people(cohort, number, now)
    threads = _threads(cohort, members, now, dice)
    _posts(threads, members, now, dice)
    _library(cohort, members, now, dice)
    _sessions(cohort, now)


def _people(cohort: Cohort, number: int, now: datetime) -> list[Membership]:
    """Everybody's edition came due within the last hour, by the clock of their zone."""
    teams = Team.objects.bulk_create(
        Team(cohort=cohort, slug=f"team-{n}", name=f"Team {n}", state="MD") for n in range(10)
    )
    users = User.objects.bulk_create(
        User(
            email=f"p{n}-{number}@{MAIL}",
            name=f"Person {n} of {number}",
            password="!",
            time_zone=ZONES[n % len(ZONES)],
        )
        for n in range(MEMBERS)
    )
    joined = now - timedelta(days=60)
    members = Membership.objects.bulk_create(
        Membership(
            cohort=cohort, user=user, team=teams[n % 10] if n > 2 else None,
            role=Role.MEMBER if n > 2 else Role.FACILITATOR,
            norms_agreed_version=1, norms_agreed_at=joined, joined_at=joined, last_seen_at=now,
        )
        for n, user in enumerate(users)
    )  # fmt: skip
    Choices.objects.bulk_create(_choices(member, now) for member in members)
    return members


def _choices(member: Membership, now: datetime) -> Choices:
    hour = now.astimezone(ZoneInfo(member.user.time_zone))
    return Choices(
        member=member,
        edition_weekday=hour.weekday(),
        edition_hour=hour.hour,
        edition_set_at=member.joined_at,
        edition_mark=now - timedelta(days=7),
    )


def _threads(
    cohort: Cohort, members: list[Membership], now: datetime, dice: random.Random
) -> list[Thread]:
    spaces = Space.objects.bulk_create(
        [
            Space(cohort=cohort, slug="commons", name="Commons"),
            *(
                Space(
                    cohort=cohort, slug=team.slug, name=team.name,
                    audience=Audience.TEAM, team=team,
                )
                for team in cohort.teams.all()
            ),
        ]
    )  # fmt: skip
    threads = []
    for n in range(THREADS + OLD_THREADS):
        # One in eight is a team's own.
        space = spaces[0] if n % 8 else spaces[1 + n % 10]
        author = members[n if n % 8 else 3 + (space.team_id or 0) % 10]
        age = timedelta(days=dice.uniform(0.1, 6.9) if n < THREADS else dice.uniform(8, 50))
        threads.append(
            Thread(
                cohort=cohort, space=space, author=author, kind=KINDS[n % len(KINDS)],
                title=f"What community {cohort.pk} learned about employers, part {n}",
                created_at=now - age, last_posted_at=now - timedelta(hours=2),
                last_number=1, last_post_by=author,
            )
        )  # fmt: skip
    made = Thread.objects.bulk_create(threads)
    themes = list(Theme.objects.top())
    ThreadTheme.objects.bulk_create(
        ThreadTheme(content_object=thread, tag=dice.choice(themes)) for thread in made
    )
    return made


def _posts(
    threads: list[Thread], members: list[Membership], now: datetime, dice: random.Random
) -> None:
    openings = Post.objects.bulk_create(
        _post(thread, thread.author, 1, thread.created_at, dice) for thread in threads
    )
    first = {post.thread_id: post for post in openings}
    replies = []
    for _n in range(REPLIES):
        thread = dice.choice(threads)
        thread.last_number += 1
        thread.reply_count += 1
        moment = now - timedelta(hours=dice.uniform(2, 24 * 6))
        reply = _post(thread, dice.choice(members), thread.last_number, moment, dice)
        reply.parent = first[thread.pk]
        reply.path = reply.parent.path + reply.path
        replies.append(reply)
    made = Post.objects.bulk_create(replies)
    Thread.objects.bulk_update(threads, ["last_number", "reply_count"])
    Mention.objects.bulk_create(
        Mention(post=post, member=dice.choice(members)) for post in made[::3]
    )


def _post(
    thread: Thread, author: Membership | None, number: int, moment: datetime, dice: random.Random
) -> Post:
    text = SENTENCE * dice.randint(1, 6)
    return Post(
        thread=thread, author=author, number=number, path=path_step(number),
        body=f"<p>{text}</p>", body_text=text, created_at=moment, told_at=moment,
    )  # fmt: skip


def _library(cohort: Cohort, members: list[Membership], now: datetime, dice: random.Random) -> None:
    resources = Resource.objects.bulk_create(
        Resource(
            cohort=cohort, title=f"Agreement {n} of {cohort.name}", kind=Resource.Kind.AGREEMENT,
            description_text=SENTENCE * 2, url="https://example.org/agreement",
            added_by=members[n], created_at=now - timedelta(days=dice.uniform(0.1, 6)),
        )
        for n in range(RESOURCES)
    )  # fmt: skip
    themes = list(Theme.objects.top())
    ResourceTheme.objects.bulk_create(
        ResourceTheme(content_object=resource, tag=dice.choice(themes)) for resource in resources
    )


def _sessions(cohort: Cohort, now: datetime) -> None:
    """One that is told of, and one that comes."""
    for title, start in (("Drivers", now - timedelta(days=4)), ("Trust", now + timedelta(days=3))):
        wall = start.astimezone(ZoneInfo("America/New_York"))
        LearningSession.objects.create(
            cohort=cohort, title=f"{title} in {cohort.name}", description_text=SENTENCE * 2,
            local_date=wall.date(), local_time=wall.time().replace(second=0, microsecond=0),
            time_zone="America/New_York", minutes=90, starts_at=start,
            ends_at=start + timedelta(minutes=90), created_at=now - timedelta(days=40),
            summary_text=SENTENCE * 4 if start < now else "",
            summarized_at=now - timedelta(days=2) if start < now else None,
        )  # fmt: skip


def _read_something() -> None:
    """Half of the threads, each as far as chance has it; and everybody follows a few."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(
            "INSERT INTO forums_reading (member_id, thread_id, number, read_at) "
            "SELECT m.id, t.id, ceil(random() * t.last_number)::int, now() "
            "FROM cohort_membership m JOIN cohort_cohort c ON c.id = m.cohort_id "
            "JOIN forums_thread t ON t.cohort_id = c.id "
            "WHERE c.slug LIKE %s AND random() < 0.5",
            [f"{SLUG}%"],
        )
        cursor.execute(
            "INSERT INTO forums_follow (member_id, thread_id, level, since) "
            "SELECT m.id, t.id, 'everything', now() "
            "FROM cohort_membership m JOIN cohort_cohort c ON c.id = m.cohort_id "
            "JOIN forums_thread t ON t.cohort_id = c.id "
            "WHERE c.slug LIKE %s AND random() < 0.1",
            [f"{SLUG}%"],
        )
