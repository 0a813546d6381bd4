from forums.views.lists import thread_list
from forums.views.posts import post_create, post_edit, post_removal
from forums.views.states import (
    answer_create,
    answer_removal,
    closing_create,
    closing_removal,
    pin_create,
    pin_removal,
)
from forums.views.threads import thread_create, thread_detail

__all__ = [
    "answer_create",
    "answer_removal",
    "closing_create",
    "closing_removal",
    "pin_create",
    "pin_removal",
    "post_create",
    "post_edit",
    "post_removal",
    "thread_create",
    "thread_detail",
    "thread_list",
]
