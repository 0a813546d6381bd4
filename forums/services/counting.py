"""What a thread's row says of its posts, and the locks that keep the two together."""

from django.db.models import Count, Max, Q

from forums.models import Post, Thread


def locked(thread_pk: int) -> Thread:
    """A thread as it is now, locked.

    Without its space: joined to it, a thread that moves while this waits would not be found. Its
    key is not locked: noting who has read many threads must not wait for each of them.
    """
    return Thread.objects.select_for_update(no_key=True).get(pk=thread_pk)


def locked_with_thread(post: Post) -> tuple[Thread, Post]:
    """A post as it is now and its thread, locked: the one it is in after whatever moved it."""
    while True:
        thread = locked(post.thread_id)
        post = Post.objects.get(pk=post.pk)
        if post.thread_id == thread.pk:
            post.thread = thread
            return thread, post


def recount(thread: Thread) -> None:
    """Make the counters of a thread whose row is locked what its standing posts say.

    An answer that no longer stands there is none. A thread all of whose posts were removed goes.
    """
    stands = Q(deleted_at=None, hidden_at=None)
    found = thread.posts.aggregate(
        kept=Count("pk", filter=Q(deleted_at=None)),
        replies=Count("pk", filter=stands & Q(parent__isnull=False)),
        removed_at=Max("deleted_at"),
    )
    thread.reply_count = found["replies"]
    last = thread.posts.standing().order_by("-created_at", "-number")
    if row := last.values("created_at", "author_id").first():
        thread.last_posted_at = row["created_at"]
        thread.last_post_by_id = row["author_id"]
    if not found["kept"]:
        thread.deleted_at = thread.deleted_at or found["removed_at"]
    if not thread.posts.standing().filter(pk=thread.answer_id or 0).exists():
        thread.answer = None
    thread.save(
        update_fields=["answer", "deleted_at", "last_post_by", "last_posted_at", "reply_count"]
    )
