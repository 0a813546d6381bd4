"""Reads of the library, each for a member and scoped to what they may see."""

from resources.queries.facets import total
from resources.queries.page import (
    Places,
    dead_link_of,
    pages_of,
    places_of,
    preview_of,
    versions_of,
)
from resources.queries.shelf import (
    Shelf,
    matching_resources,
    recent_resources,
    shelf,
    tag_lines,
    theme_lines,
)
from resources.queries.weight import Weight, weight_of

__all__ = [
    "Places",
    "Shelf",
    "Weight",
    "dead_link_of",
    "matching_resources",
    "pages_of",
    "places_of",
    "preview_of",
    "recent_resources",
    "shelf",
    "tag_lines",
    "theme_lines",
    "total",
    "versions_of",
    "weight_of",
]
