"""Reads that span models or are shaped for one page."""

from forums.queries.lists import Filters, ThreadList, list_threads
from forums.queries.news import (
    FrontPage,
    front_page,
    tag_threads,
    theme_threads,
)
from forums.queries.page import PostRow, ThreadPage, read_thread
from forums.queries.search import ThreadHit, ThreadHits, search_threads
from forums.queries.waiting import waiting_posts

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
    "search_threads",
    "tag_threads",
    "theme_threads",
    "waiting_posts",
]
