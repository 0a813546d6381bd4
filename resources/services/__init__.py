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
    count_download,
    edit_page,
    edit_resource,
    remove_resource,
)
from resources.services.several import add_files
from resources.services.trials import ask_after, report_trial, start_trial, withdraw_trial
from resources.services.versions import WrittenMeanwhile, add_version

__all__ = [
    "WrittenMeanwhile",
    "add_files",
    "add_resource",
    "add_version",
    "ask_after",
    "comment_on",
    "count_download",
    "discussion_space",
    "edit_page",
    "edit_resource",
    "feature_resource",
    "mark_helpful",
    "remove_resource",
    "report_trial",
    "start_trial",
    "unfeature_resource",
    "unmark_helpful",
    "withdraw_trial",
]
