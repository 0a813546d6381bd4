"""Answering lightly, and keeping for later: each said once, taken back by saying it again."""

from django.db import transaction

from cohort.models import Membership
from forums.models import Bookmark, Post, Reaction
from forums.services.refusals import PostGone


@transaction.atomic
def toggle_reaction(*, post: Post, member: Membership, kind: Reaction.Kind) -> bool:
    """Whether the member's reaction stands now. Raises PostGone if there is nothing to react to."""
    _lock_standing(post)
    mine = Reaction.objects.filter(post=post, member=member, kind=kind)
    if mine.delete()[0]:
        return False
    Reaction.objects.bulk_create(
        [Reaction(post=post, member=member, kind=kind)], ignore_conflicts=True
    )
    return True


@transaction.atomic
def toggle_bookmark(*, post: Post, member: Membership) -> bool:
    """Whether the post is saved now. One that is gone can only be let go; else raises PostGone."""
    if Bookmark.objects.filter(post=post, member=member).delete()[0]:
        return False
    _lock_standing(post)
    Bookmark.objects.bulk_create([Bookmark(post=post, member=member)], ignore_conflicts=True)
    return True


def _lock_standing(post: Post) -> None:
    """Against its removal meanwhile."""
    if not Post.objects.standing().select_for_update().filter(pk=post.pk).exists():
        raise PostGone
