"""What a member chose to hear of: levels of spaces and threads, themes and tags they follow."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from cohort.models import Membership, Tag, Theme
from forums.models import Follow, Level, Space, Thread, ThreadQuerySet, ThreadTag, ThreadTheme

DEFAULT = Level.CONCERNS


@dataclass(frozen=True)
class Levels:
    """A member's choices by primary key, loaded once for a whole page."""

    spaces: dict[int, str] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)
    themes: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)

    def of_space(self, space_pk: int) -> str:
        return self.spaces.get(space_pk, DEFAULT)

    def of_thread(self, thread_pk: int, space_pk: int) -> str:
        """A thread's own level goes before its space's."""
        return self.threads.get(thread_pk) or self.of_space(space_pk)

    def at(self, level: str, prefix: str = "") -> Q:
        """The threads at this level; `prefix` leads to the thread, as in `thread__`.

        Nothing that is not the default is at the default: ask for the other two.
        """
        own = [pk for pk, chosen in self.threads.items() if chosen == level]
        others = [pk for pk, chosen in self.threads.items() if chosen != level]
        spaces = [pk for pk, chosen in self.spaces.items() if chosen == level]
        key, space = f"{prefix}pk__in", f"{prefix}space__in"
        return Q(**{key: own}) | (Q(**{space: spaces}) & ~Q(**{key: others}))

    def loud(self, prefix: str = "") -> Q:
        """All but the quiet ones."""
        if Level.QUIET not in {*self.spaces.values(), *self.threads.values()}:
            return ~Q(pk__in=[])
        return ~self.at(Level.QUIET, prefix)

    def follows(self, subject: Theme | Tag) -> bool:
        return subject.pk in (self.themes if isinstance(subject, Theme) else self.tags)

    @property
    def subjects(self) -> Q:
        """The threads that have a theme or tag which the member follows."""
        subjects = Q(pk__in=[])
        if self.themes:
            themed = ThreadTheme.objects.filter(tag__in=self.themes)
            subjects |= Q(pk__in=themed.values("content_object"))
        if self.tags:
            tagged = ThreadTag.objects.filter(tag__in=self.tags)
            subjects |= Q(pk__in=tagged.values("content_object"))
        return subjects

    @property
    def followed(self) -> Q:
        """The threads of which they want to hear everything, or whose theme or tag they follow."""
        return (self.at(Level.EVERYTHING) | self.subjects) & self.loud()


def levels_of(member: Membership) -> Levels:
    """What the member chose, in one query; observers follow nothing and cost none."""
    return Levels() if member.is_observer else levels_of_many([member])[member.pk]


def levels_of_many(members: Iterable[Membership]) -> dict[int, Levels]:
    """What each of these chose, by membership, in one query for all."""
    levels = {member.pk: Levels() for member in members}
    # By hand: every page of discussions asks it, and the ORM takes five times as long over it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, level, space_id, thread_id, theme_id, tag_id "
            "FROM forums_follow WHERE member_id = ANY(%s)",
            [list(levels)],
        )
        rows = cursor.fetchall()
    for member, level, space, thread, theme, tag in rows:
        mine = levels[member]
        if space:
            mine.spaces[space] = level
        elif thread:
            mine.threads[thread] = level
        elif theme:
            mine.themes.add(theme)
        elif tag:
            mine.tags.add(tag)
    return levels


def with_level(threads: ThreadQuerySet, member: Membership) -> ThreadQuerySet:
    """Each with `follow_level`, for `level_of`: part of the thread's own query."""
    follows = Follow.objects.filter(member=member)
    return threads.annotate(
        follow_level=Coalesce(
            Subquery(follows.filter(thread=OuterRef("pk")).values("level")),
            Subquery(follows.filter(space=OuterRef("space_id")).values("level")),
            Value(str(DEFAULT)),
        )
    )


def level_of(member: Membership, thread: Thread) -> Level:
    """How much of a thread the member wants to hear; no query where `with_level` was asked for."""
    if not hasattr(thread, "follow_level"):
        thread = with_level(Thread.objects.filter(pk=thread.pk), member).get()
    return Level(thread.follow_level)  # type: ignore[attr-defined]


def subject_of(subject: Space | Thread | Theme | Tag) -> dict[str, Any]:
    """What is followed as the column of `Follow` that holds it."""
    return {type(subject).__name__.lower(): subject}


@dataclass(frozen=True)
class Followed:
    """Everything a member follows or silenced, for the page where they change it."""

    spaces: list[tuple[Space, str]]
    threads: list[tuple[Thread, str]]
    themes: Collection[Theme]
    tags: Collection[Tag]


def followed_by(member: Membership) -> Followed:
    """Every space they read in with its level, and what they chose beyond that and may still see.

    Five queries, however much it is.
    """
    levels = levels_of(member)
    spaces = Space.objects.visible_to(member).in_order()
    threads = (
        Thread.objects.visible_to(member)
        .filter(pk__in=levels.threads)
        .select_related("space", "cohort")
        .order_by("-last_posted_at", "-pk")
    )
    return Followed(
        spaces=[(space, levels.of_space(space.pk)) for space in spaces],
        threads=[(thread, levels.threads[thread.pk]) for thread in threads],
        themes=list(Theme.objects.filter(pk__in=levels.themes)),
        tags=list(Tag.objects.filter(pk__in=levels.tags, cohort_id=member.cohort_id)),
    )
