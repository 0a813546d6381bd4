"""What happens in the library."""

from resources.services.comments import comment_on, discussion_space
from resources.services.marks import (
    feature_resource,
    mark_helpful,
    unfeature_resource,
    unmark_helpful,
)
from resources.services.resources import (
    add_resource,
    add_version,
    count_download,
    edit_resource,
    remove_resource,
)

__all__ = [
    "add_resource",
    "add_version",
    "comment_on",
    "count_download",
    "discussion_space",
    "edit_resource",
    "feature_resource",
    "mark_helpful",
    "remove_resource",
    "unfeature_resource",
    "unmark_helpful",
]
