"""What is written in discussions, and who was told of it."""

from datetime import timedelta
from email import message_from_bytes, policy

from django.utils import timezone

from forums import notices, services
from forums.models import Post
from notifications import bell, reasons
from notifications.models import Delivery


def reply(thread, author, body="A thought.", parent=None, **fields):
    return services.publish_reply(thread=thread, author=author, body=body, parent=parent, **fields)


def mention(member_or_team):
    return services.bodies.mentions.mention_html(member_or_team.cohort.slug, member_or_team)


def later(**ago):
    """A while passes: all that was written is older, and the beat plans."""
    for post in Post.objects.untold():
        Post.objects.filter(pk=post.pk).update(created_at=post.created_at - timedelta(**ago))
    return notices.plan(timezone.now())


def told():
    """Who gets what kind of mail about how many posts."""
    rows = Delivery.objects.unsettled().select_related("recipient__user")
    rows = rows.order_by("recipient__user__name")
    return [(str(row.recipient), row.kind, len(row.params["posts"])) for row in rows]


def untold():
    """Who stands in the log as not told, why, and of which posts, as facilitators read it."""
    rows = Delivery.objects.filter(state="skipped").order_by("recipient__user__name", "pk")
    return [
        (str(row.recipient), reasons.words(row.reason), row.params["posts"])
        for row in rows.select_related("recipient__user")
        if (row.kind, row.way, row.subject, bool(row.settled_at))
        == (notices.REPLY, "mail", "", True)
    ]


def settle():
    """Call all that is there told already."""
    Post.objects.update(told_at=timezone.now())


def lines(member):
    """What the bell says to a member, the latest first."""
    entries = list(bell.entries_of(member).select_related("member__user", "member__cohort"))
    said = bell.lines_of(entries)
    return [(said[e.pk].title, said[e.pk].detail) if e.pk in said else None for e in entries]


def arrived(sink):
    return {
        address: message_from_bytes(content, policy=policy.default)
        for address, content in sink.arrived
    }
