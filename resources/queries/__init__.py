"""Reads of the library, each for a member and scoped to what they may see."""

from resources.queries.page import preview_of, sessions_with, versions_of
from resources.queries.shelf import (
    Shelf,
    matching_resources,
    recent_resources,
    search_resources,
    shelf,
    theme_resources,
)

__all__ = [
    "Shelf",
    "matching_resources",
    "preview_of",
    "recent_resources",
    "search_resources",
    "sessions_with",
    "shelf",
    "theme_resources",
    "versions_of",
]
