import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.models import Membership
from forums.models import STEP, Post, Reading, Thread, path_step

LONGEST_PATH = Post._meta.get_field("path").max_length or 0


class Refused(Exception):
    """What was asked came too late. `reason` says so to the person who asked."""

    reason = _("That is not possible any more.")


class ThreadClosed(Refused):
    reason = _("This discussion was closed while you were writing.")


class ThreadGone(Refused):
    reason = _("This discussion was removed while you were writing.")


class PostGone(Refused):
    reason = _("This post was removed meanwhile.")


class ParentGone(PostGone):
    reason = _("The post you were replying to was removed while you were writing.")


@transaction.atomic
def publish_reply(
    *,
    thread: Thread,
    author: Membership,
    body: str,
    parent: Post | None = None,
    form_key: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Post:
    """Add a reply to `parent` (the opening post unless told) and bring its thread to the top.

    `body` is plain text. The same author's same `form_key` gives the first reply again. Raises
    ThreadClosed, ThreadGone or ParentGone. The thread's row is locked: numbers have no gaps.
    """
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    if form_key and (sent := Post.objects.filter(author=author, form_key=form_key).first()):
        return sent
    parent = _parent_in(thread, parent)

    number = thread.last_number + 1
    html = richtext.from_plain(body)
    post = Post.objects.create(
        thread=thread,
        parent=parent,
        author=author,
        number=number,
        path=path_below(parent.path, number),
        form_key=form_key,
        body=html,
        body_text=richtext.to_text(html),
        created_at=at or timezone.now(),
    )
    thread.last_number = number
    thread.reply_count += 1
    thread.last_posted_at = max(thread.last_posted_at, post.created_at)
    thread.last_post_by = author
    thread.save(update_fields=["last_number", "reply_count", "last_posted_at", "last_post_by"])
    # Whoever had read all that stood before has read it all still.
    author.readings.filter(thread=thread, number=number - 1).update(number=number)
    return post


def _parent_in(thread: Thread, parent: Post | None) -> Post:
    if thread.deleted_at:
        raise ThreadGone
    if not thread.is_open:
        raise ThreadClosed
    number = parent.number if parent else 1
    found = thread.posts.filter(number=number).first()
    if found is None or (found.deleted_at and not found.is_opening):
        raise ParentGone
    return found


def path_below(parent_path: str, number: int) -> str:
    """Where a reply stands in the tree. At the last depth there is, beside its parent."""
    if len(parent_path) + STEP > LONGEST_PATH:
        parent_path = parent_path[: LONGEST_PATH - STEP]
    return parent_path + path_step(number)


@transaction.atomic
def edit_post(*, post: Post, body: str) -> Post:
    """Replace a post's text (plain) and say that it was edited. Raises PostGone if removed."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.deleted_at:
        raise PostGone
    html = richtext.from_plain(body)
    if html != post.body:
        post.body = html
        post.body_text = richtext.to_text(html)
        post.edited_at = timezone.now()
        post.save(update_fields=["body", "body_text", "edited_at"])
    return post


@transaction.atomic
def remove_post(*, post: Post) -> Post:
    """Take a post's text away for good; its place stays, so that the answers to it do too.

    When nothing of a thread is left standing, the thread goes as well.
    """
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=post.thread_id)
    post = Post.objects.get(pk=post.pk)
    if post.deleted_at:
        return post
    post.deleted_at = timezone.now()
    post.body = post.body_text = ""
    post.save(update_fields=["deleted_at", "body", "body_text"])

    if not post.is_opening:
        thread.reply_count -= 1
    if thread.answer_id == post.pk:
        thread.answer = None
    last = thread.posts.standing().order_by("-number").values("created_at", "author_id").first()
    if last:
        thread.last_posted_at = last["created_at"]
        thread.last_post_by_id = last["author_id"]
    else:
        thread.deleted_at = post.deleted_at
    thread.save(
        update_fields=["answer", "deleted_at", "reply_count", "last_posted_at", "last_post_by"]
    )
    return post


def note_reading(*, member: Membership, thread: Thread, number: int) -> None:
    """Remember that a member has read a thread up to and with this number; never backwards."""
    read = Reading.objects.filter(member=member, thread=thread)
    if not read.filter(number__lt=number).update(number=number, read_at=timezone.now()):
        Reading.objects.bulk_create(
            [Reading(member=member, thread=thread, number=number)], ignore_conflicts=True
        )
