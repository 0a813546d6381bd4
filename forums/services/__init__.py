"""What happens in discussions, a verb each."""

from forums.services.announcing import AnnouncedAlready, announce_thread
from forums.services.attachments import (
    TooManyWaiting,
    add_attachment,
    attachment_html,
    discard_files_about,
    give_files,
)
from forums.services.bodies import html_of
from forums.services.drafts import drop_draft, keep_draft, sweep_unsent
from forums.services.following import follow_all
from forums.services.moderation import (
    DecidedAlready,
    ask_author,
    flag_post,
    hide_post,
    keep_post,
    show_post,
    take_down,
)
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
from forums.services.reactions import toggle_bookmark, toggle_reaction
from forums.services.refusals import (
    EditedMeanwhile,
    ParentGone,
    ParentMoved,
    PostGone,
    Refused,
    ThreadClosed,
    ThreadGone,
    ThreadMerged,
)
from forums.services.spaces import (
    SpaceInUse,
    add_space,
    change_space,
    ensure_space,
    ensure_team_space,
    open_spaces,
    remove_space,
    shift_space,
)
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
from forums.services.telling import Told, who_is_told
from forums.services.threads import clear_answer, mark_answer, relabel_thread, start_thread

__all__ = [
    "AnnouncedAlready",
    "DecidedAlready",
    "EditedMeanwhile",
    "NewPoll",
    "NothingStands",
    "ParentGone",
    "ParentMoved",
    "PollClosed",
    "PostGone",
    "PostsMoved",
    "Refused",
    "SpaceGone",
    "SpaceInUse",
    "ThreadClosed",
    "ThreadGone",
    "ThreadMerged",
    "Told",
    "TooManyWaiting",
    "add_attachment",
    "add_space",
    "announce_thread",
    "ask_answers_first",
    "ask_author",
    "attachment_html",
    "change_space",
    "clear_answer",
    "close_poll",
    "close_thread",
    "discard_files_about",
    "drop_draft",
    "edit_post",
    "ensure_space",
    "ensure_team_space",
    "feature_thread",
    "flag_post",
    "follow_all",
    "give_files",
    "hide_post",
    "html_of",
    "keep_draft",
    "keep_post",
    "mark_answer",
    "merge_threads",
    "move_thread",
    "note_reading",
    "open_answers",
    "open_spaces",
    "pin_thread",
    "publish_reply",
    "relabel_thread",
    "remove_post",
    "remove_space",
    "reopen_thread",
    "shift_space",
    "show_post",
    "split_thread",
    "start_thread",
    "sweep_unsent",
    "take_down",
    "toggle_bookmark",
    "toggle_reaction",
    "unfeature_thread",
    "unpin_thread",
    "vote",
    "who_is_told",
]
