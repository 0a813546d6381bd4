"""Where posts and threads went that facilitators split off or merged."""

from django.db.models import QuerySet

from cohort.models import Membership
from forums.models import Post, Thread


def new_place_of(member: Membership, thread_pk: int, number: int) -> Post | None:
    """The post that had this number in this thread, where the member may read it now."""
    posts: QuerySet[Post] = Post.objects.visible_to(member)
    return (
        posts.filter(former_places__thread=thread_pk, former_places__number=number)
        .select_related("thread__cohort")
        .first()
    )


def merged_into(member: Membership, thread_pk: int) -> Thread | None:
    """The thread that took in all of another one, where the member may read it."""
    target = Thread.objects.filter(pk=thread_pk, cohort_id=member.cohort_id).values("merged_into")
    threads: QuerySet[Thread] = Thread.objects.visible_to(member)
    return threads.filter(pk__in=target).select_related("cohort").first()
