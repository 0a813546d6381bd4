"""Discussions: spaces hold threads, threads hold a tree of posts."""

from forums.models.answering import Poll, PollOption, PollVote, Reaction
from forums.models.attachments import Attachment
from forums.models.moderation import Flag
from forums.models.paths import DEEPEST, STEP, path_below, path_step
from forums.models.posts import (
    BODY_LIMIT,
    Mention,
    MovedPost,
    Post,
    PostQuerySet,
    Revision,
)
from forums.models.reading import Bookmark, Draft, Follow, Level, Reading
from forums.models.spaces import Space, SpaceQuerySet
from forums.models.threads import Thread, ThreadQuerySet, ThreadTag, ThreadTheme, opened_to

__all__ = [
    "BODY_LIMIT",
    "DEEPEST",
    "STEP",
    "Attachment",
    "Bookmark",
    "Draft",
    "Flag",
    "Follow",
    "Level",
    "Mention",
    "MovedPost",
    "Poll",
    "PollOption",
    "PollVote",
    "Post",
    "PostQuerySet",
    "Reaction",
    "Reading",
    "Revision",
    "Space",
    "SpaceQuerySet",
    "Thread",
    "ThreadQuerySet",
    "ThreadTag",
    "ThreadTheme",
    "opened_to",
    "path_below",
    "path_step",
]
