"""Who may do what in discussions. What one may see is `visible_to`'s."""

from cohort.models import Membership
from forums.models import Post, Thread


def can_reply(member: Membership, thread: Thread) -> bool:
    """In a closed thread nobody replies; a facilitator reopens it first."""
    return member.may_write and thread.is_open


def can_relabel(member: Membership, thread: Thread) -> bool:
    """Give another title, kind, themes or tags: whoever began it, and facilitators."""
    return member.may_write and (member.is_facilitator or thread.author_id == member.pk)


def can_edit(member: Membership, post: Post) -> bool:
    return member.may_write and post.author_id == member.pk and post.deleted_at is None


def can_remove(member: Membership, post: Post) -> bool:
    """Asking twice is no harm: what is gone stays gone."""
    return member.may_write and post.author_id == member.pk


def can_follow(member: Membership) -> bool:
    """Observers leave no rows, not even of what they read."""
    return member.may_write


def can_steer(member: Membership) -> bool:
    """Pin, close, move, split, merge, feature, hide: all that facilitators do with threads."""
    return member.is_facilitator and member.may_write


def can_flag(member: Membership, post: Post) -> bool:
    return member.may_write and post.author_id != member.pk


def can_announce(member: Membership) -> bool:
    return member.is_facilitator and member.may_write


def can_mark_answer(member: Membership, thread: Thread) -> bool:
    """Whoever asked knows what helped; a facilitator may say it for them."""
    return (
        thread.is_question
        and member.may_write
        and (thread.author_id == member.pk or member.is_facilitator)
    )


def can_close_poll(member: Membership, post: Post) -> bool:
    """Whoever asked, or a facilitator."""
    return member.may_write and (post.author_id == member.pk or member.is_facilitator)


def can_see_history(member: Membership, post: Post) -> bool:
    """Of what was removed nothing is left to see."""
    return post.deleted_at is None and (post.author_id == member.pk or member.is_facilitator)
