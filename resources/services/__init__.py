"""What happens in the library."""

from resources.services.collections import (
    ListFull,
    TooManyLists,
    add_collection,
    edit_collection,
    feature_collection,
    note_item,
    place_resource,
    remove_collection,
    shift_item,
    take_out,
    unfeature_collection,
)
from resources.services.comments import comment_on, discussion_space
from resources.services.marks import (
    feature_resource,
    mark_helpful,
    unfeature_resource,
    unmark_helpful,
)
from resources.services.refused import Refused
from resources.services.requests import (
    EnoughAnswers,
    RequestClosed,
    TooManyRequests,
    answer_request,
    ask_for,
    close_request,
    edit_request,
    remove_request,
    reopen_request,
)
from resources.services.resources import (
    add_resource,
    count_download,
    edit_page,
    edit_resource,
    remove_resource,
)
from resources.services.restoring import restore_page, restore_version
from resources.services.several import add_files
from resources.services.trials import ask_after, report_trial, start_trial, withdraw_trial
from resources.services.versions import EnoughVersions, WrittenMeanwhile, add_version

__all__ = [
    "EnoughAnswers",
    "EnoughVersions",
    "ListFull",
    "Refused",
    "RequestClosed",
    "TooManyLists",
    "TooManyRequests",
    "WrittenMeanwhile",
    "add_collection",
    "add_files",
    "add_resource",
    "add_version",
    "answer_request",
    "ask_after",
    "ask_for",
    "close_request",
    "comment_on",
    "count_download",
    "discussion_space",
    "edit_collection",
    "edit_page",
    "edit_request",
    "edit_resource",
    "feature_collection",
    "feature_resource",
    "mark_helpful",
    "note_item",
    "place_resource",
    "remove_collection",
    "remove_request",
    "remove_resource",
    "reopen_request",
    "report_trial",
    "restore_page",
    "restore_version",
    "shift_item",
    "start_trial",
    "take_out",
    "unfeature_collection",
    "unfeature_resource",
    "unmark_helpful",
    "withdraw_trial",
]
