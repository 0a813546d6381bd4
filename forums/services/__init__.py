"""What happens in discussions, a verb each."""

from forums.services.bodies import html_of
from forums.services.polls import NewPoll, PollClosed, vote
from forums.services.posts import (
    edit_post,
    note_reading,
    publish_reply,
    remove_post,
)
from forums.services.refusals import (
    EditedMeanwhile,
    ParentGone,
    PostGone,
    Refused,
    ThreadClosed,
    ThreadGone,
)
from forums.services.spaces import ensure_team_space, open_spaces
from forums.services.threads import (
    clear_answer,
    close_thread,
    mark_answer,
    pin_thread,
    reopen_thread,
    start_thread,
    unpin_thread,
)

__all__ = [
    "EditedMeanwhile",
    "NewPoll",
    "ParentGone",
    "PollClosed",
    "PostGone",
    "Refused",
    "ThreadClosed",
    "ThreadGone",
    "clear_answer",
    "close_thread",
    "edit_post",
    "ensure_team_space",
    "html_of",
    "mark_answer",
    "note_reading",
    "open_spaces",
    "pin_thread",
    "publish_reply",
    "remove_post",
    "reopen_thread",
    "start_thread",
    "unpin_thread",
    "vote",
]
