"""Who wants to hear of new posts by mail, and why: the same rules when it is decided and sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q

from cohort.models import Membership
from forums.models import Follow, Level, Mention, Post, Reading, Thread, ThreadTag, ThreadTheme


class Why(StrEnum):
    """Why somebody hears of a post, the most personal first."""

    MENTIONED = "mentioned"
    TEAM_MENTIONED = "team-mentioned"
    ANSWERED = "answered"
    ASKED = "asked"
    FOLLOWS = "follows"
    SUBJECT = "subject"

    @property
    def concerns(self) -> bool:
        """Whether it is about the reader, and not only about what they follow."""
        return self not in (Why.FOLLOWS, Why.SUBJECT)


class Reason(NamedTuple):
    why: Why
    follows: bool  # they would hear of it also if it did not concern them


# The posts that each member hears of, by thread and member, in order of arrival.
Heard = dict[tuple[int, int], dict[int, Reason]]


class Concerned(NamedTuple):
    """Whom posts concern: who hears of them, and who does not though they are about them.

    `quiet` keep the thread or its space quiet, `read` have read all of it; with the posts.
    """

    heard: Heard
    quiet: dict[tuple[int, int], list[int]]
    read: dict[tuple[int, int], list[int]]


class NewPost(NamedTuple):
    pk: int
    thread_pk: int
    number: int
    author_pk: int | None
    answers_pk: int | None  # whose post it answers


@dataclass
class Facts:
    """What there is to know of some posts and their possible readers, loaded at once for all."""

    threads: dict[int, Thread]
    posts: dict[int, list[NewPost]]  # by thread
    members: dict[int, Membership] = field(default_factory=dict)
    teams: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    named: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    named_teams: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    own_levels: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    space_levels: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    subject_followers: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    read: dict[tuple[int, int], int] = field(default_factory=dict)
    answered: set[tuple[int, int]] = field(default_factory=set)


class Sight:
    """What of some posts members may see, read or not, and how it concerns them: five queries."""

    def __init__(self, post_pks: Collection[int], members: Iterable[Membership]) -> None:
        self._facts = _load(post_pks, also_archived=True)
        self._facts.members = {member.pk: member for member in members}
        _load_mentions(self._facts)
        _load_answered(self._facts)
        self._posts = {post.pk: post for posts in self._facts.posts.values() for post in posts}

    def shows(self, post_pk: int, member: Membership) -> bool:
        post = self._posts.get(post_pk)
        if post is None:
            return False
        thread = self._facts.threads[post.thread_pk]
        has_answered = (thread.pk, member.pk) in self._facts.answered
        return thread.space.is_visible_to(member) and (
            post.number == 1 or thread.is_opened_to(member, has_answered=has_answered)
        )

    def concern(self, post_pk: int, member: Membership) -> Why | None:
        post = self._posts[post_pk]
        return _concern(self._facts, self._facts.threads[post.thread_pk], post, member)


def who_hears(post_pks: Collection[int], among: Collection[int] | None = None) -> Heard:
    """Everybody who wants to hear of standing posts, may read them and has not yet.

    With `among` only of these members. About ten queries, however many posts and people.
    """
    return who_is_concerned(post_pks, among).heard


def who_is_concerned(post_pks: Collection[int], among: Collection[int] | None = None) -> Concerned:
    """The same with those who may read standing posts that are about them, and hear nothing."""
    facts = _load(post_pks)
    _load_mentions(facts)
    _load_follows(facts, among)
    _load_members(facts, among)
    _load_reading(facts)
    found = Concerned({}, {}, {})
    for thread_pk, posts in facts.posts.items():
        thread = facts.threads[thread_pk]
        for member_pk in _candidates(facts, thread, posts):
            member = facts.members.get(member_pk)
            if member is not None and thread.space.is_visible_to(member):
                _decide(found, facts, thread, member)
    return found


def _decide(found: Concerned, facts: Facts, thread: Thread, member: Membership) -> None:
    """Whether a member hears of what is new in a thread; once for all of it."""
    key = thread.pk, member.pk
    read = facts.read.get(key, 0)
    posts = list(_concerned(facts, thread, member))
    unread = {post.pk: reason for post, reason in posts if post.number > read}
    personal = [post.pk for post, reason in posts if reason.why.concerns]
    if _level(facts, thread, member) == Level.QUIET:
        if personal:
            found.quiet[key] = personal
    elif unread:
        found.heard[key] = unread
    elif personal:
        found.read[key] = personal


def _load(post_pks: Collection[int], *, also_archived: bool = False) -> Facts:
    rows = (
        Post.objects.filter(pk__in=post_pks)
        .standing()
        .order_by("thread", "number")
        .values_list("pk", "thread_id", "number", "author_id", "parent__author_id")
    )
    found = [NewPost(*row) for row in rows]
    threads = Thread.objects.filter(
        pk__in={post.thread_pk for post in found}, deleted_at=None
    ).select_related("space")
    if not also_archived:
        threads = threads.filter(cohort__archived_at=None)
    facts = Facts(threads={thread.pk: thread for thread in threads}, posts=defaultdict(list))
    for post in found:
        if post.thread_pk in facts.threads:
            facts.posts[post.thread_pk].append(post)
    return facts


def _load_mentions(facts: Facts) -> None:
    pks = [post.pk for posts in facts.posts.values() for post in posts]
    rows = Mention.objects.filter(post__in=pks).values_list("post_id", "member_id", "team_id")
    for post_pk, member_pk, team_pk in rows:
        if member_pk:
            facts.named[post_pk].add(member_pk)
        else:
            facts.named_teams[post_pk].add(team_pk)


def _load_follows(facts: Facts, among: Collection[int] | None) -> None:
    begun = [pk for pk, posts in facts.posts.items() if posts[0].number == 1]
    themes, tags = _subjects(ThreadTheme, begun), _subjects(ThreadTag, begun)
    follows = Follow.objects.filter(
        Q(thread__in=facts.threads)
        | Q(space__in={thread.space_id for thread in facts.threads.values()})
        | Q(theme__in=themes)
        | Q(tag__in=tags)
    )
    if among is not None:
        follows = follows.filter(member__in=among)
    for member, level, thread, space, theme, tag in follows.values_list(
        "member_id", "level", "thread_id", "space_id", "theme_id", "tag_id"
    ):
        if thread:
            facts.own_levels[thread][member] = level
        elif space:
            facts.space_levels[space][member] = level
        else:
            for begun_pk in themes[theme] if theme else tags[tag]:
                facts.subject_followers[begun_pk].add(member)


def _subjects(
    through: type[ThreadTheme | ThreadTag], threads: Collection[int]
) -> dict[int, set[int]]:
    """Threads by the themes or tags they have."""
    found = defaultdict(set)
    if threads:
        rows = through.objects.filter(content_object__in=threads)
        for thread_pk, subject_pk in rows.values_list("content_object_id", "tag_id"):
            found[subject_pk].add(thread_pk)
    return found


def _load_members(facts: Facts, among: Collection[int] | None) -> None:
    teams = {team for teams in facts.named_teams.values() for team in teams}
    members = Membership.objects.active().only("pk", "cohort_id", "role", "team_id")
    if among is None:
        everybody = set().union(*(_people(facts, pk) for pk in facts.posts))
        members = members.filter(Q(pk__in=everybody) | Q(team__in=teams))
    else:
        members = members.filter(pk__in=among)
    facts.members = {member.pk: member for member in members}
    for member in facts.members.values():
        if member.team_id in teams:
            facts.teams[member.team_id].add(member.pk)


def _load_reading(facts: Facts) -> None:
    reading = Reading.objects.filter(thread__in=facts.threads, member__in=facts.members)
    facts.read = {
        (thread, member): number
        for thread, member, number in reading.values_list("thread_id", "member_id", "number")
    }
    _load_answered(facts)


def _load_answered(facts: Facts) -> None:
    closed = [pk for pk, thread in facts.threads.items() if thread.asks_first]
    if closed:
        answers = Post.objects.standing().filter(
            thread__in=closed, parent__isnull=False, author__in=facts.members
        )
        facts.answered = set(answers.values_list("thread_id", "author_id").distinct())


def _people(facts: Facts, thread_pk: int) -> Iterator[int]:
    """Everybody who may be concerned, but for those named with their team."""
    thread, posts = facts.threads[thread_pk], facts.posts[thread_pk]
    for post in posts:
        yield from facts.named[post.pk]
        yield from filter(None, (post.answers_pk,))
    if thread.is_question and thread.author_id:
        yield thread.author_id
    everything = Level.EVERYTHING
    yield from (pk for pk, level in facts.own_levels[thread_pk].items() if level == everything)
    space = facts.space_levels[thread.space_id]
    yield from (pk for pk, level in space.items() if level == everything)
    yield from facts.subject_followers[thread_pk]


def _candidates(facts: Facts, thread: Thread, posts: Iterable[NewPost]) -> set[int]:
    people = set(_people(facts, thread.pk))
    for post in posts:
        people.update(*(facts.teams[team] for team in facts.named_teams[post.pk]))
    return people


def _concerned(
    facts: Facts, thread: Thread, member: Membership
) -> Iterator[tuple[NewPost, Reason]]:
    """What is new in a thread, open to a member and for them: read or not, quiet or not."""
    pk, level = member.pk, _level(facts, thread, member)
    opening_only = not thread.is_opened_to(member, has_answered=(thread.pk, pk) in facts.answered)
    for post in facts.posts[thread.pk]:
        if post.author_pk == pk or (opening_only and post.number > 1):
            continue
        follows = _follows(facts, thread, post, pk, level)
        if why := _concern(facts, thread, post, member) or follows:
            yield post, Reason(why, follows is not None)


def _level(facts: Facts, thread: Thread, member: Membership) -> str | None:
    own, space = facts.own_levels[thread.pk], facts.space_levels[thread.space_id]
    return own.get(member.pk) or space.get(member.pk)


def _concern(facts: Facts, thread: Thread, post: NewPost, member: Membership) -> Why | None:
    if member.pk in facts.named[post.pk]:
        return Why.MENTIONED
    if member.team_id in facts.named_teams[post.pk]:
        return Why.TEAM_MENTIONED
    if post.answers_pk == member.pk:
        return Why.ANSWERED
    return Why.ASKED if thread.is_question and thread.author_id == member.pk else None


def _follows(
    facts: Facts, thread: Thread, post: NewPost, member_pk: int, level: str | None
) -> Why | None:
    if level == Level.EVERYTHING:
        return Why.FOLLOWS
    is_theirs = post.number == 1 and member_pk in facts.subject_followers[thread.pk]
    return Why.SUBJECT if is_theirs else None
