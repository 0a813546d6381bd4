"""What happens in discussions, a verb each."""

from forums.services.bodies import html_of
from forums.services.moving import (
    NothingStands,
    PostsMoved,
    SpaceGone,
    merge_threads,
    move_thread,
    split_thread,
)
from forums.services.polls import NewPoll, PollClosed, close_poll, vote
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
from forums.services.steering import (
    ask_answers_first,
    close_thread,
    feature_thread,
    open_answers,
    pin_thread,
    reopen_thread,
    unfeature_thread,
    unpin_thread,
)
from forums.services.threads import clear_answer, mark_answer, start_thread

__all__ = [
    "EditedMeanwhile",
    "NewPoll",
    "NothingStands",
    "ParentGone",
    "PollClosed",
    "PostGone",
    "PostsMoved",
    "Refused",
    "SpaceGone",
    "ThreadClosed",
    "ThreadGone",
    "ask_answers_first",
    "clear_answer",
    "close_poll",
    "close_thread",
    "edit_post",
    "ensure_team_space",
    "feature_thread",
    "html_of",
    "mark_answer",
    "merge_threads",
    "move_thread",
    "note_reading",
    "open_answers",
    "open_spaces",
    "pin_thread",
    "publish_reply",
    "remove_post",
    "reopen_thread",
    "split_thread",
    "start_thread",
    "unfeature_thread",
    "unpin_thread",
    "vote",
]
