"""Reads that span models or are shaped for one page."""

from forums.queries.lists import Filters, ThreadList, list_threads
from forums.queries.news import (
    FrontPage,
    front_page,
    recent_threads,
    tag_threads,
    theme_threads,
    unanswered_questions,
    unread_replies_to_me,
)
from forums.queries.page import PostRow, ThreadPage, read_thread
from forums.queries.search import ThreadHit, ThreadHits, search_threads

__all__ = [
    "Filters",
    "FrontPage",
    "PostRow",
    "ThreadHit",
    "ThreadHits",
    "ThreadList",
    "ThreadPage",
    "front_page",
    "list_threads",
    "read_thread",
    "recent_threads",
    "search_threads",
    "tag_threads",
    "theme_threads",
    "unanswered_questions",
    "unread_replies_to_me",
]
