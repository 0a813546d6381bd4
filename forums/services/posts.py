import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cohort.models import Membership
from forums import live, ringing, tasks
from forums.models import Poll, Post, Revision, Space, Thread, path_below
from forums.services.bodies import same_words, save_with_body
from forums.services.counting import locked, locked_with_thread, recount
from forums.services.polls import NewPoll, attach_poll
from forums.services.refusals import (
    EditedMeanwhile,
    ParentGone,
    ParentMoved,
    PostGone,
    ThreadClosed,
    ThreadGone,
    ThreadMerged,
)


@transaction.atomic
def publish_reply(
    *,
    thread: Thread,
    author: Membership,
    body: str,
    parent: Post | None = None,
    form_key: uuid.UUID | None = None,
    as_facilitator: bool = False,
    poll: NewPoll | None = None,
    at: datetime | None = None,
) -> Post:
    """Add a reply to `parent` (the opening post unless told) and bring its thread to the top.

    `body` is HTML (see `bodies.html_of`). The same author's same `form_key` gives the first reply
    again. Raises ThreadClosed, ParentGone, or ThreadGone, also where it moved out of its author's
    sight meanwhile. The thread's row is locked: numbers have no gaps. Who hears of it by mail is
    decided later, however many follow.
    """
    thread = locked(thread.pk)
    thread.space = Space.objects.select_related("cohort").get(pk=thread.space_id)
    thread.cohort = thread.space.cohort
    if form_key and (sent := Post.objects.filter(author=author, form_key=form_key).first()):
        return sent
    if not thread.space.is_visible_to(author):
        raise ThreadGone
    parent = _parent_in(thread, parent)
    post = append(
        thread,
        body,
        parent=parent,
        author=author,
        as_facilitator=as_facilitator,
        form_key=form_key,
        created_at=at or timezone.now(),
    )
    if poll:
        attach_poll(post, poll)
    return post


def append(thread: Thread, body: str, *, parent: Post, author: Membership, **fields: Any) -> Post:
    """Add a reply to a thread whose row is locked, open or not."""
    number = thread.last_number + 1
    post = Post(
        thread=thread,
        parent=parent,
        author=author,
        number=number,
        path=path_below(parent.path, number),
        **fields,
    )
    save_with_body(post, body, space=thread.space, writer=author)
    thread.last_number = number
    thread.reply_count += 1
    thread.last_posted_at = max(thread.last_posted_at, post.created_at)
    thread.last_post_by = author
    thread.save(update_fields=["last_number", "reply_count", "last_posted_at", "last_post_by"])
    # Whoever had read all that stood before has read it all still.
    author.readings.filter(thread=thread, number=number - 1).update(number=number)
    live.thread_changed(thread.pk, number)
    tasks.ring_soon()
    return post


def _parent_in(thread: Thread, parent: Post | None) -> Post:
    if thread.deleted_at:
        raise ThreadMerged if thread.merged_into_id else ThreadGone
    if not thread.is_open:
        raise ThreadClosed
    number = parent.number if parent else 1
    found = thread.posts.filter(number=number).first()
    if found is None and thread.moved_posts.filter(number=number).exists():
        raise ParentMoved
    if found is None or (found.deleted_at and not found.is_opening):
        raise ParentGone
    return found


@transaction.atomic
def edit_post(*, post: Post, body: str, version: int | None = None) -> Post:
    """Replace what a post says (`body` is HTML), keep what it said, and say that it was edited.

    `version` is the one the writer began with. Raises PostGone if it was removed, and
    EditedMeanwhile if another version stands there now.
    """
    # Without its thread, which it may leave while this waits.
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.deleted_at:
        raise PostGone
    if version is not None and version != post.version:
        raise EditedMeanwhile
    before = Revision(
        post=post,
        version=post.version,
        body=post.body,
        written_at=post.edited_at or post.created_at,
    )
    if same_words(post, body):
        return post
    named = _whom_it_names(post)
    post.version += 1
    post.edited_at = timezone.now()
    save_with_body(post, body, space=post.thread.space, writer=post.author)
    before.save()
    if new := _whom_it_names(post) - named:
        members, teams = ({pk for pk in pks if pk} for pks in zip(*new, strict=True))
        ringing.ring_named(post, members, teams)
    return post


def _whom_it_names(post: Post) -> set[tuple[int | None, int | None]]:
    """Members and teams; nobody yet of whom those who are told later will be told anyway."""
    if not (post.rung_at or post.told_at):
        return set()
    return set(post.mentions.values_list("member_id", "team_id"))


@transaction.atomic
def remove_post(*, post: Post, by: Membership | None = None) -> Post:
    """Take a post's text away for good; its place stays, so that the answers to it do too.

    With it go its files, its earlier versions, its poll and whom it named. When nothing of a
    thread is left standing, the thread goes as well.
    """
    thread, post = locked_with_thread(post)
    if post.deleted_at:
        return post
    post.deleted_at = timezone.now()
    post.deleted_by = by
    post.body = post.body_text = post.attached_names = ""
    post.references = []
    post.save(
        update_fields=[
            "deleted_at", "deleted_by", "body", "body_text", "attached_names", "references"
        ]
    )  # fmt: skip
    post.revisions.all().delete()
    post.mentions.all().delete()
    # A file that is in no post is swept with what nobody sent.
    post.attachments.update(post=None)
    # Locked first, as votes do: what hangs on it goes before it does.
    if poll := Poll.objects.select_for_update().filter(post=post).first():
        poll.delete()

    recount(thread)
    ringing.readers_changed(thread.pk)
    return post


def note_reading(*, member: Membership, thread: Thread, number: int) -> None:
    """Remember that a member has read a thread up to and with this number; never backwards."""
    # By hand: the ORM has no such condition, and asks twice.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forums_reading (member_id, thread_id, number, read_at) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (member_id, thread_id) "
            "DO UPDATE SET number = excluded.number, read_at = excluded.read_at "
            "WHERE forums_reading.number < excluded.number",
            [member.pk, thread.pk, number, timezone.now()],
        )
