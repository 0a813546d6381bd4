"""Threads and their posts, before and after they are moved, split and merged."""

from forums import services
from forums.models import Reading


def reply(thread, author, parent=None, words="A thought."):
    thread.refresh_from_db()
    answered = thread.posts.get(number=parent) if parent else None
    return services.publish_reply(
        thread=thread, author=author, parent=answered, body=f"<p>{words}</p>"
    )


def read(member, thread):
    found = Reading.objects.filter(member=member, thread=thread).first()
    return found and found.number


def outline(thread):
    """Number, parent's number, author and words of each post, as the tree is walked."""
    return [
        (post.number, post.parent and post.parent.number, str(post.author), post.body_text)
        for post in thread.posts.select_related("parent", "author__user").order_by("path")
    ]
