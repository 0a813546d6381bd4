"""Data by the million for benchmarks: plausible in shape, meaningless in words.

Rows go in through COPY; counters are computed on the way, as the services would keep them.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from cohort.models import Audience, Cohort, Membership, Role, Team, Theme, User
from demo.loader.invites import take_as_invited
from demo.scale_library import fill_library
from forums.models import Post, Reading, Space, Thread, ThreadTheme, path_step
from sessions.models import ChatMessage, LearningSession, ReminderRule, Room

SLUG = "scale"
# One word that about three posts in ten hold: what a common search looks for.
COMMON_WORD = "partnership"
COMMON_SHARE = 0.3
# Threads of a known length, which the benchmarks open by title.
MEASURED_THREADS = (50, 1000)
GIN_INDEXES = {
    "post_search": "forums_post USING gin (search)",
    "thread_search": "forums_thread USING gin (search)",
}

SYLLABLES = [first + then for first in "bdfgklmnprstv" for then in "aeio"]


@dataclass(frozen=True)
class Amounts:
    people: int
    threads: int
    posts: int
    messages: int
    resources: int = 0


def build(amounts: Amounts, say: Callable[[str], None]) -> Cohort:
    """Add a cohort of these amounts, replacing the one of an earlier run."""
    dice = random.Random(20260901)
    words = _vocabulary(dice)
    with transaction.atomic():
        _remove_earlier()
        User.objects.filter(email__endswith="@scale.example.org").delete()
        cohort = _cohort()
        members = _people(cohort, amounts.people)
        say(f"{len(members)} people")
        spaces = _spaces(cohort)
        with _without_search_indexes():
            posts = _threads_and_posts(cohort, members, spaces, amounts, words, dice)
        say(f"{amounts.threads} threads, {posts} posts")
        messages = _chat(cohort, members, amounts.messages, words, dice)
        say(f"{messages} chat messages")
        if amounts.resources:
            sentences = _sentences(words, dice)

            def text(count: int) -> str:
                said = " ".join(dice.choices(sentences, k=count))
                # In three files of ten, and in what is said of hardly any.
                is_common = count > 2 and dice.random() < COMMON_SHARE
                return f"{said} A {COMMON_WORD}." if is_common else said

            fill_library(cohort, amounts.resources, text, dice)
            say(f"{amounts.resources} resources")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cohort


def _remove_earlier() -> None:
    """Without loading a million rows to ask each what hangs on it."""
    with connection.cursor() as cursor:
        for table, column in (("forums_reading", "thread_id"), ("forums_post", "thread_id")):
            cursor.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT t.id FROM forums_thread t "  # noqa: S608
                "JOIN cohort_cohort c ON c.id = t.cohort_id WHERE c.slug = %s)",
                [SLUG],
            )
    Cohort.objects.filter(slug=SLUG).delete()


def _vocabulary(dice: random.Random) -> list[str]:
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(6000)]


def _cohort() -> Cohort:
    return Cohort.objects.create(
        slug=SLUG,
        name="Scale",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 8, 31),
        norms="<p>Be kind.</p>",
    )


def _people(cohort: Cohort, count: int) -> list[int]:
    teams = Team.objects.bulk_create(
        Team(cohort=cohort, slug=f"team-{n}", name=f"Team {n}", state="MD") for n in range(10)
    )
    users = User.objects.bulk_create(
        (
            User(email=f"person-{n}@scale.example.org", name=f"Person {n}", password="!")
            for n in range(count)
        ),
        batch_size=2000,
    )
    members = Membership.objects.bulk_create(
        (
            Membership(
                cohort=cohort,
                user=user,
                role=Role.FACILITATOR if n < 3 else Role.MEMBER,
                team=None if n < 3 else teams[n % len(teams)],
                norms_agreed_version=1,
                joined_at=datetime.now(UTC) - timedelta(days=60),
            )
            for n, user in enumerate(users)
        ),
        batch_size=2000,
    )
    return [member.pk for member in members]


def _spaces(cohort: Cohort) -> list[int]:
    commons = Space.objects.create(cohort=cohort, slug="commons", name="Commons")
    rooms = [
        Space.objects.create(
            cohort=cohort, slug=team.slug, name=team.name, audience=Audience.TEAM, team=team
        )
        for team in cohort.teams.all()
    ]
    # Nine threads in ten are the whole cohort's.
    return [commons.pk] * (9 * len(rooms)) + [room.pk for room in rooms]


def _threads_and_posts(
    cohort: Cohort,
    members: list[int],
    spaces: list[int],
    amounts: Amounts,
    words: list[str],
    dice: random.Random,
) -> int:
    sizes = _sizes(amounts.threads, amounts.posts, dice)
    first_thread = _next_pk(Thread)
    now = datetime.now(UTC)
    starts = sorted(now - timedelta(days=dice.random() * 300) for _ in sizes)
    facts: list[tuple[int, datetime, int]] = []

    def posts() -> Iterator[tuple[Any, ...]]:
        for offset, (size, start) in enumerate(zip(sizes, starts, strict=True)):
            thread_pk, moment, author = first_thread + offset, start, members[0]
            paths: list[tuple[int, str]] = []
            for number in range(1, size + 1):
                author = dice.choice(members)
                parent = _parent(paths, dice)
                path = (parent[1] if parent else "") + path_step(number)
                pk = next(keys)
                paths.append((pk, path))
                text = _text(sentences, dice)
                yield (
                    pk, thread_pk, parent[0] if parent else None, author, number, path,
                    f"<p>{text}</p>", text, moment, moment, moment,
                )  # fmt: skip
                moment += timedelta(minutes=dice.expovariate(1 / 90))
            facts.append((author, moment, size))

    sentences = _sentences(words, dice)
    keys = iter(range(_next_pk(Post), 2**62))
    themes = list(Theme.objects.top().values_list("pk", flat=True))
    # Posts come first in time here, so that each thread's last post is known when it is written;
    # the foreign keys are deferred to the end of the transaction.
    _copy(
        Post,
        "id thread_id parent_id author_id number path body body_text created_at told_at rung_at",
        posts(),
    )
    _copy(
        Thread,
        "id cohort_id space_id author_id kind title created_at last_posted_at last_post_by_id "
        "last_number reply_count",
        (
            (
                first_thread + offset, cohort.pk, spaces[0] if offset < 2 else dice.choice(spaces),
                members[offset % len(members)], "discussion", _title(offset, size, words, dice),
                starts[offset], last, author, size, size - 1,
            )
            for offset, (author, last, size) in enumerate(facts)
        ),
    )  # fmt: skip
    _copy(
        ThreadTheme,
        "content_object_id tag_id",
        ((first_thread + offset, dice.choice(themes)) for offset in range(len(sizes))),
    )
    _copy(
        Reading,
        "member_id thread_id number read_at",
        (
            (members[3 % len(members)], first_thread + offset, max(1, size // 2), now)
            for offset, size in enumerate(sizes[:2000])
        ),
    )
    _reset_sequences(Post, Thread)
    return sum(sizes)


def _sizes(threads: int, posts: int, dice: random.Random) -> list[int]:
    """How many posts each thread has: two of known length, the rest uneven, `posts` in all."""
    fixed = list(MEASURED_THREADS)
    rest = max(0, threads - len(fixed))
    left = max(rest, posts - sum(fixed))
    weights = [dice.paretovariate(1.6) for _ in range(rest)]
    scale = (left - rest) / (sum(weights) or 1)
    sizes = [min(900, 1 + int(weight * scale)) for weight in weights]
    for missing in range(left - sum(sizes)):
        sizes[missing % rest] += 1
    return [*fixed, *sizes]


def _parent(paths: list[tuple[int, str]], dice: random.Random) -> tuple[int, str] | None:
    """The opening post for most, one of the last few for the others."""
    if not paths:
        return None
    if len(paths) == 1 or dice.random() < 0.6:
        return paths[0]
    parent = dice.choice(paths[-6:])
    return parent if len(parent[1]) < 40 else paths[0]


def _sentences(words: list[str], dice: random.Random) -> list[str]:
    """A stock that posts are put together from: a draw per word would take minutes."""
    return [
        # Squaring a uniform draw makes the first words common and the last ones rare.
        " ".join(words[int(dice.random() ** 2 * len(words))] for _ in range(15)).capitalize() + "."
        for _ in range(20_000)
    ]


def _text(sentences: list[str], dice: random.Random) -> str:
    text = " ".join(dice.choices(sentences, k=dice.randint(2, 9)))
    return f"{text} A {COMMON_WORD}." if dice.random() < COMMON_SHARE else text


def _title(offset: int, size: int, words: list[str], dice: random.Random) -> str:
    if offset < len(MEASURED_THREADS):
        return f"Measured thread of {size} posts"
    return " ".join(dice.choices(words, k=6))[:140].capitalize()


def _chat(
    cohort: Cohort, members: list[int], count: int, words: list[str], dice: random.Random
) -> int:
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    session = LearningSession.objects.create(
        cohort=cohort,
        title="Measured session",
        time_zone="UTC",
        local_date=starts_at.date(),
        local_time=starts_at.time(),
        minutes=90,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
    )
    Room.objects.create(session=session, last_seq=count)
    ReminderRule.objects.create(cohort=cohort, minutes=60, audience=ReminderRule.Audience.EVERYBODY)
    take_as_invited([session])
    _copy(
        ChatMessage,
        "room_id seq sender_id client_id body created_at",
        (
            (
                session.pk, seq, dice.choice(members), uuid.UUID(int=dice.getrandbits(128)),
                " ".join(dice.choices(words, k=12)), starts_at - timedelta(seconds=count - seq),
            )
            for seq in range(1, count + 1)
        ),
    )  # fmt: skip
    return count


def _copy(model: Any, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a model's table; what is not named gets the model's default."""
    named = columns.split()
    defaults = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in named
        and not field.generated
        and not field.primary_key
        and (field.has_default() or not field.null)
    }
    columns = ", ".join(f'"{column}"' for column in [*named, *defaults])
    target = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    extra = tuple(defaults.values())
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        for row in rows:
            copy.write_row(row + extra)


def _next_pk(model: Any) -> int:
    return (model.objects.aggregate(top=Max("pk"))["top"] or 0) + 1


def _reset_sequences(*models: Any) -> None:
    with connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
                f"(SELECT max(id) FROM {table}))"
            )


class _without_search_indexes:  # noqa: N801 (reads as a phrase after `with`)
    """Build the full-text indexes once at the end: several times faster than row by row."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            for name in GIN_INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")

    def __exit__(self, *_exc: object) -> None:
        with connection.cursor() as cursor:
            # Deferred foreign keys must be checked before the table can be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name, definition in GIN_INDEXES.items():
                cursor.execute(f"CREATE INDEX {name} ON {definition}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
