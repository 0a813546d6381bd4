"""How people answer lightly: reactions, polls, what they follow and save, an edit, a flag."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from cohort.models import Membership
from demo.loader import content
from demo.loader.chance import dice
from demo.loader.labels import Labels
from demo.loader.people import People
from forums.models import (
    Bookmark,
    Flag,
    Follow,
    Poll,
    PollOption,
    PollVote,
    Post,
    Reaction,
    Reading,
    Revision,
    Thread,
)
from forums.services.polls import count_when_enough

# Of those who read a post, this many in a hundred leave a reaction; thanks come easiest.
REACTIONS_IN_A_HUNDRED = 4
KINDS = (
    Reaction.Kind.THANKS,
    Reaction.Kind.THANKS,
    Reaction.Kind.AGREE,
    Reaction.Kind.LEARNED,
    Reaction.Kind.TRYING,
)


def load_answers(people: People, labels: Labels, threads: dict[str, Thread]) -> None:
    """All that stands in `answers.toml`, and reactions as chance has it."""
    plan = content.toml("answers.toml")
    for entry in plan["polls"]:
        _poll(entry, threads[entry["thread"]])
    for entry in plan["follows"]:
        Follow.objects.bulk_create(_follows(entry, people, labels, threads))
    for entry in plan["saved"]:
        member = people.members[entry["member"]]
        openings = Post.objects.filter(
            thread__in=[threads[title] for title in entry["threads"]], number=1
        )
        Bookmark.objects.bulk_create(Bookmark(member=member, post=post) for post in openings)
    for entry in plan["edits"]:
        _edit(entry, threads[entry["thread"]])
    for entry in plan["flags"]:
        _flag(entry, people, threads[entry["thread"]])
    _reactions(threads)


def _poll(entry: dict[str, Any], thread: Thread) -> None:
    post = thread.posts.get(number=1)
    poll = Poll.objects.create(
        post=post,
        question=entry["question"],
        is_multiple=entry.get("multiple", False),
        is_anonymous=entry.get("anonymous", False),
    )
    options = PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, text=text)
        for position, text in enumerate(entry["options"])
    )
    votes = []
    for member in _readers(post):
        chance = dice("poll", entry["question"], member.user.email)
        if chance.random() < entry["turnout"]:
            [option] = chance.choices(options, entry["weights"])
            votes.append(PollVote(poll=poll, option=option, member=member))
    PollVote.objects.bulk_create(votes)
    if poll.is_anonymous:
        count_when_enough(poll)


def _follows(
    entry: dict[str, Any], people: People, labels: Labels, threads: dict[str, Thread]
) -> Iterator[Follow]:
    member = people.members[entry["member"]]
    for name in entry.get("themes", []):
        yield Follow(member=member, theme=labels.theme(name))
    for name in entry.get("tags", []):
        yield Follow(member=member, tag=labels.tag(name))
    for title in entry.get("threads", []):
        yield Follow(member=member, thread=threads[title])


def _edit(entry: dict[str, Any], thread: Thread) -> None:
    post = thread.posts.get(number=1)
    Revision.objects.create(
        post=post,
        version=1,
        body=post.body.replace(entry["now"], entry["before"]),
        written_at=post.created_at,
    )
    post.version = 2
    post.edited_at = post.created_at + timedelta(minutes=9)
    post.save(update_fields=["version", "edited_at"])


def _flag(entry: dict[str, Any], people: People, thread: Thread) -> None:
    author = people.members[entry["by"]]
    post = thread.posts.filter(author=author).latest("number")
    Flag.objects.create(
        post=post,
        flagged_by=people.members[entry["member"]],
        reason=entry["reason"],
        note=entry["note"],
    )


def _reactions(threads: dict[str, Thread]) -> None:
    readings = Reading.objects.filter(thread__in=threads.values()).select_related("member__user")
    readers: dict[int, list[tuple[int, Membership]]] = {}
    for reading in readings.order_by("pk"):
        if reading.member.may_write:
            readers.setdefault(reading.thread_id, []).append((reading.number, reading.member))
    reactions = []
    for post in Post.objects.filter(thread__in=threads.values()).order_by("pk"):
        chance = dice("reactions", post.number, post.body_text)
        warmth = chance.expovariate(1.0) * REACTIONS_IN_A_HUNDRED / 100
        for number, member in readers.get(post.thread_id, []):
            if number >= post.number and member.pk != post.author_id and _reacts(chance, warmth):
                kind = chance.choice(KINDS)
                reactions.append(
                    Reaction(post=post, member=member, kind=kind, created_at=post.created_at)
                )
    Reaction.objects.bulk_create(reactions)


def _reacts(chance: Random, warmth: float) -> bool:
    return chance.random() < warmth


def _readers(post: Post) -> list[Membership]:
    readings = Reading.objects.filter(thread=post.thread, number__gte=1)
    found = readings.select_related("member__user", "member__cohort").order_by("pk")
    return [reading.member for reading in found if reading.member.may_write]
