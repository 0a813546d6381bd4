"""What is said of a resource: a discussion of its own, begun by the first comment."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from cohort.models import Audience, Membership
from forums.models import Post, Space, Thread
from forums.services import (
    ThreadGone,
    ensure_space,
    ensure_team_space,
    follow_all,
    move_thread,
    publish_reply,
    start_thread,
)
from resources.models import Resource


def discussion_space(resource: Resource) -> Space:
    """The room where exactly those read who see the resource; opened when it is not there yet."""
    if resource.team:
        return ensure_team_space(resource.team)
    if resource.audience == Audience.FACILITATORS:
        return ensure_space(
            resource.cohort, resource.audience, slug="facilitators", name=_("Facilitators"),
            description=_("Among those who run the year."),
        )  # fmt: skip
    return ensure_space(
        resource.cohort, resource.audience, slug="library", name=_("Library"),
        description=_("What is said of things in the library, each in its own discussion."),
    )  # fmt: skip


@transaction.atomic
def comment_on(
    *,
    resource: Resource,
    author: Membership,
    body: str,
    parent: int = 1,
    form_key: uuid.UUID | None = None,
    as_facilitator: bool = False,
) -> Post:
    """Say something of a resource, in its discussion, or as what begins it.

    `parent` is the number of the post that is answered. Whoever added the resource follows the
    discussion from its beginning. Raises a Refused of forums; ThreadGone also where the resource,
    or its discussion, is out of the author's sight meanwhile.
    """
    # Locked, so that of first comments that come at once one begins the thread.
    found = Resource.objects.select_for_update(no_key=True).filter(pk=resource.pk).first()
    if found is None or not found.is_visible_to(author):
        raise ThreadGone
    thread = Thread.objects.about(found.reference).first()
    if thread is None:
        return _begin(found, author, body, form_key)
    if form_key and (thread.author_id, thread.form_key) == (author.pk, form_key):
        return thread.posts.get(number=1)
    return publish_reply(
        thread=thread,
        author=author,
        body=body,
        parent=Post(thread=thread, number=parent),
        form_key=form_key,
        as_facilitator=as_facilitator,
    )


def _begin(resource: Resource, author: Membership, body: str, form_key: uuid.UUID | None) -> Post:
    thread = start_thread(
        space=discussion_space(resource),
        author=author,
        title=resource.title[: Thread._meta.get_field("title").max_length],
        body=body,
        themes=resource.themes.all(),
        form_key=form_key,
        about=resource.reference,
    )
    if resource.added_by:
        follow_all(members=[resource.added_by], thread=thread)
    return thread.posts.get(number=1)


def move_discussion(resource: Resource, by: Membership) -> None:
    """Let the discussion follow a resource whose readers changed, in the same transaction."""
    thread = Thread.objects.about(resource.reference).first()
    if thread is None:
        return
    try:
        move_thread(thread=thread, space=discussion_space(resource), by=by)
    except ThreadGone:
        return  # all of it was removed this moment
