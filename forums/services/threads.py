import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cohort import audit
from cohort.models import Membership, Theme
from cohort.services.tags import tags_named
from forums import notices, ringing, tasks
from forums.models import Draft, Post, Reading, Space, Thread, ThreadTag, ThreadTheme, path_step
from forums.services.bodies import save_with_body
from forums.services.counting import locked
from forums.services.polls import NewPoll, attach_poll
from forums.services.refusals import PostGone, ThreadGone


@transaction.atomic
def start_thread(
    *,
    space: Space,
    author: Membership,
    title: str,
    body: str,
    themes: Iterable[Theme],
    kind: str = Thread.Kind.DISCUSSION,
    tags: Iterable[str] = (),
    answers_first: bool = False,
    poll: NewPoll | None = None,
    form_key: uuid.UUID | None = None,
    at: datetime | None = None,
    about: str = "",
) -> Thread:
    """Begin a thread with its opening post (`body` is HTML, see `bodies.html_of`).

    `about` names the thing whose discussion it is, and which has none yet. A sub-lesson brings its
    theme along. The same author's same `form_key` gives the first thread again, also when both
    arrive at once.
    """
    now = at or timezone.now()
    thread, is_new = Thread.objects.get_or_create(
        author=author,
        form_key=form_key or uuid.uuid4(),
        defaults={
            "cohort_id": space.cohort_id,
            "space": space,
            "kind": kind,
            "title": title,
            "created_at": now,
            "last_posted_at": now,
            "last_post_by": author,
            "last_number": 1,
            "answers_first": answers_first,
            "about": about,
        },
    )
    if not is_new:
        return thread

    post = Post(thread=thread, author=author, number=1, path=path_step(1), created_at=now)
    save_with_body(post, body, space=space, writer=author)
    if poll:
        attach_poll(post, poll)
    Reading.objects.create(member=author, thread=thread, number=1)
    set_themes(thread, themes)
    set_tags(thread, tags)
    if about:
        # What others began to write as the first comment goes on here.
        Draft.objects.filter(place=f"about:{about}").update(place=f"thread:{thread.pk}")
    tasks.ring_soon()
    return thread


@transaction.atomic
def relabel_thread(
    *,
    thread: Thread,
    title: str,
    kind: str,
    themes: Iterable[Theme],
    tags: Iterable[str],
    by: Membership,
) -> None:
    """Give a thread another title, kind, themes and tags; what is no question has no answer.

    Another's thread leaves a line in the audit trail. Raises ThreadGone.
    """
    still = locked(thread.pk)
    if still.deleted_at:
        raise ThreadGone
    if still.author_id != by.pk:
        audit.record(
            "thread.relabelled", subject=title, actor=by, cohort=by.cohort,
            thread=still.pk, before=still.title,
        )  # fmt: skip
    still.title, still.kind = title, kind
    if not still.is_question:
        still.answer = None
    still.save(update_fields=["title", "kind", "answer"])
    ringing.bells_look_again(still.pk)
    set_themes(still, themes)
    set_tags(still, tags)


def set_themes(thread: Thread, themes: Iterable[Theme]) -> None:
    """Give a thread these themes and no others; a sub-lesson brings its theme along."""
    chosen = {pk for theme in themes for pk in (theme.pk, theme.parent_id) if pk}
    ThreadTheme.objects.filter(content_object=thread).exclude(tag__in=chosen).delete()
    ThreadTheme.objects.bulk_create(
        (ThreadTheme(content_object=thread, tag_id=pk) for pk in sorted(chosen)),
        ignore_conflicts=True,
    )


def set_tags(thread: Thread, names: Iterable[str]) -> None:
    """Give a thread these free tags and no others; tags that are new in the cohort are made."""
    tags = tags_named(thread.space.cohort, names)
    thread.tags.through.objects.filter(content_object=thread).exclude(tag__in=tags).delete()
    ThreadTag.objects.bulk_create(
        (ThreadTag(content_object=thread, tag=tag) for tag in dict.fromkeys(tags)),
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_answer(*, thread: Thread, post: Post, by: Membership | None = None) -> None:
    """Say which reply helped; whoever wrote it hears of it. Raises PostGone if it was removed."""
    thread = locked(thread.pk)
    reply = thread.posts.standing().filter(pk=post.pk).exclude(parent=None).first()
    if reply is None:
        raise PostGone
    thread.answer = reply
    thread.save(update_fields=["answer"])
    ringing.bells_look_again(thread.pk)
    notices.answer_marked(reply, by)


def clear_answer(*, thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(answer=None)
    ringing.bells_look_again(thread.pk)
