"""Threads with their trees of posts, and how far everybody has read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cohort.models import Audience, Membership
from demo.loader import content
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.labels import Labels
from demo.loader.library import Library
from demo.loader.people import People, nickname
from demo.loader.writing import rich
from forums.models import Post, Reading, Space, Thread, ThreadTag, ThreadTheme, path_below
from forums.services.mentions import keep_mentions, link_typed_names, read_mentions
from resources.models import Resource
from resources.services import discussion_space

_OPENING = 1


@dataclass
class Draft:
    """A post before it has its number: written by whom, when, below which other."""

    author: Membership
    at: datetime
    body: str
    parent: "Draft | None" = None
    row: Post | None = None


def load_discussions(
    people: People, calendar: Calendar, labels: Labels, library: Library
) -> dict[str, Thread]:
    """All threads, by title; but for those that are about something, and named as it is."""
    spaces = _spaces(people)
    entries = list(content.threads())
    threads, drafts = [], []
    for words in entries:
        posts = _drafts(words, people, calendar)
        threads.append(_thread(words, posts, spaces, library))
        drafts.append(posts)
    Thread.objects.bulk_create(threads)
    for thread, posts in zip(threads, drafts, strict=True):
        _number(thread, posts, library)
    _save_posts(drafts)
    _mark_answers(entries, threads, drafts)
    labels.attach(ThreadTheme, ThreadTag, zip(threads, entries, strict=True))
    _read(people, threads, drafts)
    return {thread.title: thread for thread in threads if not thread.about}


def _spaces(people: People) -> dict[str, Space]:
    """By the audience that the content files name, and `about` for what is said of things."""
    about = _room_for_comments(people)
    spaces = Space.objects.filter(cohort=people.cohort).select_related("team")
    rooms = {
        space.team.name if space.team else str(space.audience): space
        for space in spaces.exclude(pk=about.pk).order_by("-position")
    }
    return {**rooms, "about": about}


def _room_for_comments(people: People) -> Space:
    """As the first comment would open it."""
    return discussion_space(Resource(cohort=people.cohort))


def _drafts(words: content.ThreadWords, people: People, calendar: Calendar) -> list[Draft]:
    """The opening post and its replies in the order of the file, which walks the tree."""
    author, when = words.header["by"].split(" ", 1)
    member = people.members[author]
    opening = Draft(member, calendar.moment(when, member.user.time_zone), words.body)
    drafts, line = [opening], [opening]
    for reply in words.replies:
        del line[reply.depth :]
        member = people.members[reply.author]
        at = calendar.moment(reply.when, member.user.time_zone, after=line[-1].at)
        line.append(Draft(member, at, reply.body, parent=line[-1]))
        drafts.append(line[-1])
    return drafts


def _thread(
    words: content.ThreadWords, posts: list[Draft], spaces: dict[str, Space], library: Library
) -> Thread:
    about = words.header.get("about")
    space = spaces["about" if about else words.header.get("audience", Audience.COHORT)]
    last = max(posts, key=lambda post: post.at)
    return Thread(
        cohort_id=space.cohort_id,
        space=space,
        author=posts[0].author,
        kind=words.header.get("kind", Thread.Kind.DISCUSSION),
        title=words.title,
        created_at=posts[0].at,
        pinned_at=posts[0].at if words.header.get("pinned") else None,
        featured_at=posts[0].at if words.header.get("featured") else None,
        answers_first="prompt" in words.header,
        about=library.resources[about].reference if about else "",
        last_posted_at=last.at,
        last_post_by=last.author,
        last_number=len(posts),
        reply_count=len(posts) - 1,
    )


def _number(thread: Thread, drafts: list[Draft], library: Library) -> None:
    """Numbers are given as posts arrive, so later ones may stand higher up in the tree."""
    arrived = sorted(drafts, key=lambda draft: draft.at)
    for number, draft in enumerate(arrived, start=_OPENING):
        above = draft.parent.row.path if draft.parent and draft.parent.row else ""
        words = rich(draft.body, library.addresses)
        html = link_typed_names(words.html, thread.space)
        draft.row = Post(
            thread=thread,
            author=draft.author,
            number=number,
            path=path_below(above, number),
            body=html,
            body_text=words.text,
            references=library.references_in(html),
            created_at=draft.at,
            told_at=draft.at,
            rung_at=draft.at,
        )


def _save_posts(drafts: list[list[Draft]]) -> None:
    """A parent is saved before its replies: one statement for each generation."""
    generation = [posts[0] for posts in drafts]
    everybody = [draft for posts in drafts for draft in posts]
    while generation:
        rows = [draft.row for draft in generation if draft.row]
        for draft in generation:
            if draft.row and draft.parent:
                draft.row.parent = draft.parent.row
        Post.objects.bulk_create(rows)
        _keep_mentions(rows)
        parents = {id(draft) for draft in generation}
        generation = [draft for draft in everybody if id(draft.parent) in parents]


def _keep_mentions(posts: list[Post]) -> None:
    for post in posts:
        if 'class="mention"' in post.body:
            keep_mentions(post, read_mentions(post.body, post.thread.space))


def _mark_answers(
    entries: list[content.ThreadWords], threads: list[Thread], drafts: list[list[Draft]]
) -> None:
    """The first reply by whoever the file names is what helped."""
    answered = []
    for words, thread, posts in zip(entries, threads, drafts, strict=True):
        if helper := words.header.get("answer"):
            thread.answer = next(
                post.row for post in posts[1:] if nickname(post.author.user.email) == helper
            )
            answered.append(thread)
    Thread.objects.bulk_update(answered, ["answer"])


def _read(people: People, threads: list[Thread], drafts: list[list[Draft]]) -> None:
    """Who has read what: most of what was there at their last visit, and all before they wrote."""
    readings = []
    for member in people.members.values():
        diligence = dice("reads", member.user.email).uniform(0.55, 1.0)
        for thread, posts in zip(threads, drafts, strict=True):
            if not thread.space.is_visible_to(member):
                continue
            chance = dice("read", member.user.email, thread.title)
            seen = member.last_seen_at or member.joined_at
            if chance.random() > diligence:
                seen -= timedelta(days=chance.randint(4, 60))
            if number := _last_read(posts, member, seen):
                readings.append(Reading(member=member, thread=thread, number=number, read_at=seen))
    Reading.objects.bulk_create(readings, batch_size=2000)


def _last_read(posts: list[Draft], member: Membership, seen: datetime) -> int:
    rows = [post.row for post in posts if post.row]
    return max(
        (row.number for row in rows if row.created_at <= seen or row.author == member), default=0
    )
