"""Threads and posts that change their place, with all that hangs on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort import audit
from cohort.models import Membership, Theme
from forums import ringing
from forums.models import (
    Draft,
    Follow,
    Mention,
    MovedPost,
    Post,
    Reading,
    Space,
    Thread,
    path_below,
    path_step,
)
from forums.services.counting import recount
from forums.services.mentions import mentionable_teams
from forums.services.posts import append
from forums.services.refusals import Refused, ThreadGone
from forums.services.threads import set_themes

ROWS_AT_ONCE = 500
# What a planted post has new; nothing else of it changes.
PLACE = ["thread", "parent", "number", "path"]


class SpaceGone(Refused):
    reason = gettext_lazy("This space was removed meanwhile.")


class PostsMoved(Refused):
    reason = gettext_lazy("Some of these posts were moved meanwhile. Please choose again.")


class NothingStands(Refused):
    reason = gettext_lazy("Please choose at least one post that was not removed or hidden.")


@transaction.atomic
def move_thread(*, thread: Thread, space: Space, by: Membership) -> None:
    """Put a thread into another space of its cohort; who may read it changes with it at once.

    Raises ThreadGone or SpaceGone.
    """
    thread = _locked(thread)[0]
    space = _standing(space)
    if thread.space_id == space.pk:
        return
    audit.record(
        "thread.moved", subject=thread, actor=by, cohort=by.cohort,
        thread=thread.pk, before=thread.space.name, after=space.name,
    )  # fmt: skip
    thread.space = space
    thread.save(update_fields=["space"])
    _drop_unseen_mentions(thread.posts.values_list("pk", flat=True), space)
    ringing.readers_changed(thread.pk)


@transaction.atomic
def split_thread(
    *,
    thread: Thread,
    numbers: Collection[int],
    title: str,
    space: Space,
    themes: Iterable[Theme],
    kind: str,
    by: Membership,
) -> Thread:
    """Make a thread of its own of some of a thread's replies, and leave a word where they were.

    The first of them that stands opens it. Each keeps its place under what it answers, or under
    the nearest above that that went along (or stayed). Raises ThreadGone, SpaceGone, PostsMoved,
    or NothingStands.
    """
    source = _locked(thread)[0]
    space = _standing(space)
    tree = _tree_of(source)
    going = [post for post in tree if post.number in numbers and post.parent_id]
    if len(going) != len(set(numbers)):
        raise PostsMoved
    opening = min((post for post in going if post.stands), key=_number, default=None)
    if opening is None:
        raise NothingStands

    target = Thread.objects.create(
        cohort_id=source.cohort_id,
        space=space,
        author_id=opening.author_id,
        kind=kind,
        title=title,
        created_at=opening.created_at,
        last_posted_at=opening.created_at,
        answers_first=source.answers_first,
    )
    set_themes(target, themes)
    answer_pk = source.answer_id
    going.remove(opening)
    in_order = [opening, *sorted(going, key=_number)]
    old = {post.pk: post.number for post in in_order}
    parents = {post.pk: post.parent_id for post in tree}
    _plant(opening, going, parents=parents, into=target, numbered=in_order)
    _leave_addresses(source, old)
    _close_ranks((post for post in tree if post.pk not in old), parents)
    _carry_readings(source, target, [old[post.pk] for post in in_order])
    _carry_follows(source, target)
    if space.pk != source.space_id:
        _drop_unseen_mentions(old, space)
    if target.is_question and answer_pk in old and answer_pk != opening.pk:
        target.answer_id = answer_pk
    recount(target)
    _say(source, by, _went_on(target, len(old)))
    recount(source)
    ringing.posts_went(list(old), source, target)
    audit.record(
        "thread.split", subject=source, actor=by, cohort=by.cohort,
        thread=source.pk, into=target.pk, posts=len(old),
    )  # fmt: skip
    ringing.readers_changed(source.pk)
    return target


@transaction.atomic
def merge_threads(*, source: Thread, target: Thread, by: Membership) -> None:
    """Put all of one thread behind another's posts; its opening answers the other's.

    The emptied thread is gone, and its addresses lead on. Raises ThreadGone if either is.
    """
    source, target = _locked(source, target)
    tree = _tree_of(source)
    opening = next(post for post in tree if post.parent_id is None)
    parents = {post.pk: post.parent_id for post in tree}
    in_order = sorted(tree, key=_number)
    old = {post.pk: post.number for post in in_order}
    first = target.last_number
    root = _tree_of(target)[0]
    _plant(root, tree, parents=parents, into=target, numbered=in_order, after=first)
    _leave_addresses(source, old)
    Thread.objects.filter(merged_into=source).update(merged_into=target)
    _carry_readings(source, target, [old[post.pk] for post in in_order], after=first)
    _carry_follows(source, target)
    _carry_drafts(source, target, {old[post.pk]: post.number for post in in_order})
    if target.space_id != source.space_id:
        _drop_unseen_mentions(old, target.space)
    if source.is_question and target.is_question and target.answer_id is None:
        target.answer_id = source.answer_id
    source.answer = None
    source.reply_count = 0
    source.deleted_at = timezone.now()
    source.merged_into = target
    source.save(update_fields=["answer", "reply_count", "deleted_at", "merged_into"])
    Thread.objects.filter(pk=target.pk, about="").update(about=source.about)
    opening.thread = target
    _say(target, by, _came_here(source, opening))
    recount(target)
    ringing.posts_went(list(old), source, target)
    audit.record(
        "thread.merged", subject=source, actor=by, cohort=by.cohort,
        thread=source.pk, into=target.pk, posts=len(old),
    )  # fmt: skip
    ringing.readers_changed(source.pk)


# ---------------------------------------------------------------- locks


def _locked(*threads: Thread) -> list[Thread]:
    """These threads as they are now, locked in an order that all keep to; see `counting.locked`."""
    found = {
        thread.pk: thread
        for thread in Thread.objects.select_for_update(no_key=True)
        .filter(pk__in=[thread.pk for thread in threads], deleted_at=None)
        .order_by("pk")
    }
    if len(found) != len(threads):
        raise ThreadGone
    return [found[thread.pk] for thread in threads]


def _standing(space: Space) -> Space:
    """The space, which cannot be removed until this is done."""
    found = Space.objects.select_for_update(of=("self",)).select_related("cohort")
    if (still := found.filter(pk=space.pk).first()) is None:
        raise SpaceGone
    return still


# ---------------------------------------------------------------- the tree


def _tree_of(thread: Thread) -> list[Post]:
    """Its posts as the tree is walked, without their words."""
    posts = Post.objects.filter(thread=thread).order_by("path")
    return list(
        posts.only(
            "author_id", "created_at", "deleted_at", "hidden_at", "number", "parent_id", "path",
            "thread_id",
        )
    )  # fmt: skip


def _number(post: Post) -> int:
    return post.number


def _plant(
    root: Post,
    posts: Iterable[Post],
    *,
    parents: dict[int, int | None],
    into: Thread,
    numbered: Sequence[Post],
    after: int = 0,
) -> None:
    """Place posts, in the order of the tree they come from, below a root in a thread.

    `numbered` says in which order they get the numbers that follow on `after`; a root that comes
    along is the first of it. Each hangs below the nearest of its ancestors that is there too.
    """
    for number, post in enumerate(numbered, after + 1):
        post.thread, post.number = into, number
    here = {root.pk: root}
    if root in numbered:
        root.parent, root.path = None, path_step(root.number)
    for post in posts:
        post.parent = _nearest(post, here, parents) or root
        post.path = path_below(post.parent.path, post.number)
        here[post.pk] = post
    Post.objects.bulk_update(numbered, PLACE, batch_size=ROWS_AT_ONCE)
    into.last_number = after + len(numbered)
    into.save(update_fields=["last_number"])


def _nearest(post: Post, here: dict[int, Post], parents: dict[int, int | None]) -> Post | None:
    above = parents[post.pk]
    while above is not None and above not in here:
        above = parents.get(above)
    return here[above] if above is not None else None


def _close_ranks(staying: Iterable[Post], parents: dict[int, int | None]) -> None:
    """Hang what stays, in the order of the tree, below the nearest ancestors that stay too."""
    here: dict[int, Post] = {}
    changed = []
    for post in staying:
        above = _nearest(post, here, parents)
        here[post.pk] = post
        if above is None:
            continue
        path = path_below(above.path, post.number)
        if (above.pk, path) != (post.parent_id, post.path):
            post.parent, post.path = above, path
            changed.append(post)
    Post.objects.bulk_update(changed, ["parent", "path"], batch_size=ROWS_AT_ONCE)


# ---------------------------------------------------------------- what hangs on posts


def _leave_addresses(source: Thread, old: dict[int, int]) -> None:
    """Let the old places lead on: quotes and links keep them for good."""
    MovedPost.objects.bulk_create(
        MovedPost(thread=source, number=number, post_id=pk) for pk, number in old.items()
    )


def _carry_readings(
    source: Thread, target: Thread, old_numbers: Sequence[int], *, after: int = 0
) -> None:
    """What was read there is read here, as far as one number can say it.

    Behind posts that a member has not read, what came along stays unread with them.
    """
    already = target.posts.filter(number__lte=after).aggregate(last=Max("number"))["last"] or 0
    read = dict(target.readings.values_list("member_id", "number"))
    by_number: dict[int, list[int]] = defaultdict(list)
    for member_pk, number in source.readings.values_list("member_id", "number"):
        seen = sum(1 for _old in takewhile(number.__ge__, old_numbers))
        if seen and read.get(member_pk, 0) >= already:
            by_number[after + seen].append(member_pk)
    Reading.objects.bulk_create(
        (
            Reading(member_id=pk, thread=target, number=number)
            for number, pks in by_number.items()
            for pk in pks
        ),
        ignore_conflicts=True,
    )
    for number, pks in by_number.items():
        target.readings.filter(member__in=pks, number__lt=number).update(number=number)


def _carry_follows(source: Thread, target: Thread) -> None:
    """Whoever said how much they want to hear has said it here too, unless they did already."""
    follows = source.follows.filter(member__in=target.space.readers())
    Follow.objects.bulk_create(
        (
            Follow(member_id=member_pk, thread=target, level=level)
            for member_pk, level in follows.values_list("member_id", "level")
        ),
        ignore_conflicts=True,
    )


def _carry_drafts(source: Thread, target: Thread, numbers: dict[int, int]) -> None:
    """Replies that somebody was writing there go on here, to the same post."""
    here = Draft.objects.filter(place=f"thread:{target.pk}")
    drafts = Draft.objects.filter(place=f"thread:{source.pk}")
    drafts = drafts.exclude(member__in=here.values("member"))
    for draft in drafts.select_for_update():
        draft.place = f"thread:{target.pk}"
        parent = str(draft.fields.get("parent", ""))
        if parent.isdecimal() and int(parent) in numbers:
            draft.fields["parent"] = str(numbers[int(parent)])
        draft.save(update_fields=["place", "fields"])


def _drop_unseen_mentions(posts: Iterable[int], space: Space) -> None:
    """Tell nobody of a post that they may not read; its words stay."""
    named = Mention.objects.filter(post__in=posts)
    named = named.exclude(member__in=space.readers())
    named.exclude(team__in=mentionable_teams(space)).delete()


# ---------------------------------------------------------------- words


def _say(thread: Thread, by: Membership, html: str) -> None:
    """A word of the facilitators' at the end of a thread, open or not."""
    opening = thread.posts.get(number=1)
    append(thread, html, parent=opening, author=by, as_facilitator=True)


def _went_on(target: Thread, count: int) -> str:
    words = ngettext(
        "%(n)d post of this discussion went on in one of its own:",
        "%(n)d posts of this discussion went on in one of their own:",
        count,
    )
    url = escape(f"{settings.BASE_URL}{target.get_absolute_url()}")
    return f'<p>{escape(words % {"n": count})} <a href="{url}">{url}</a></p>'


def _came_here(source: Thread, opening: Post) -> str:
    words = _("The discussion “%(title)s” was merged into this one.") % {"title": source.title}
    url = escape(f"{settings.BASE_URL}{opening.get_absolute_url()}")
    here = _("It begins with this post.")
    return f'<p>{escape(words)} <a href="{url}">{escape(here)}</a></p>'
