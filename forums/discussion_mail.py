"""Mail about discussions: what is in it, looked at once more just before it goes out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort import references
from cohort.models import Membership
from cohort.richtext import excerpt
from forums import invented, notices
from forums.discussion_bell import describe_helped, describe_posts
from forums.models import Post, Thread
from forums.notices import ANSWERS, CAUGHT_UP, FOLLOWED_TOPIC, NOT_THE_ANSWER, QUIET
from forums.permissions import can_reply
from forums.posts_in_mail import MOST_POSTS, as_mailed
from forums.queries.hearing import Reason, Why, who_hears
from notifications import reasons, registry, reply_addresses, wishes
from notifications.inbound.marker import marker
from notifications.models import Delivery, Way
from notifications.registry import Kind, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail

LEADS = {
    Why.MENTIONED: gettext_lazy("%(name)s mentioned you"),
    Why.TEAM_MENTIONED: gettext_lazy("%(name)s mentioned your team"),
    Why.ANSWERED: gettext_lazy("%(name)s answered you"),
    Why.ASKED: gettext_lazy("%(name)s replied to your question"),
}
WHYS = {
    Why.MENTIONED: gettext_lazy("You get this because you are named in it."),
    Why.TEAM_MENTIONED: gettext_lazy("You get this because your team is named in it."),
    Why.ANSWERED: gettext_lazy("You get this because it answers what you wrote."),
    Why.ASKED: gettext_lazy("You get this because it replies to your question."),
    Why.FOLLOWS: gettext_lazy("You get this because you chose to hear everything there."),
    Why.SUBJECT: gettext_lazy("You get this because you follow its theme or tag."),
}
URGENCY = list(Why)


class _Batch:
    """The posts that a batch of mails carries, with what they show."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        pks = {pk for delivery in deliveries for pk in delivery.params["posts"]}
        members = {d.recipient_id for d in deliveries if d.recipient_id}
        self.posts = (
            Post.objects.filter(thread__deleted_at=None)
            .standing()
            .select_related("thread__space", "thread__cohort", "author__user", "author__team")
            .in_bulk(pks)
        )
        self.heard = who_hears(pks, members)
        self.off = wishes.unwanted(members, notices.MAIL_TOPICS)
        self.references = {ref for post in self.posts.values() for ref in post.references}
        self.titles: dict[Any, dict[str, str]] = {}
        self.mailed = notices.mails_of_posts(
            members, {post.thread_id for post in self.posts.values()}
        )

    def titles_for(self, member: Membership) -> dict[str, str]:
        """What those of the same role and team may see is the same: asked once for them all."""
        if not self.references:
            return {}
        key = (member.cohort_id, member.role, member.team_id)
        if key not in self.titles:
            self.titles[key] = references.titles_of(self.references, member)
        return self.titles[key]

    def wanted(self, delivery: Delivery) -> dict[int, Reason]:
        """What of a delivery its reader wants to hear still, by post."""
        heard = {
            pk: reason
            for (_thread, member_pk), found in self.heard.items()
            if member_pk == delivery.recipient_id
            for pk, reason in found.items()
        }
        off = self.off.get(delivery.recipient_id or 0, set())
        return {
            pk: heard[pk]
            for pk in delivery.params["posts"]
            if pk in heard and pk in self.posts and _has_topic(delivery, heard[pk], off)
        }


def _has_topic(delivery: Delivery, reason: Reason, off: Collection[str]) -> bool:
    """In a mail about what is personal stands what is only followed if that is wanted too."""
    if delivery.kind == notices.FOLLOWED:
        return reason.follows
    return reason.why.concerns or FOLLOWED_TOPIC not in off


def compose_posts(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """What is new in a thread for its reader, unless they have read or silenced it meanwhile."""
    batch = _Batch(deliveries)
    for delivery in deliveries:
        wanted, member = batch.wanted(delivery), delivery.recipient
        if member is None or not wanted:
            yield delivery, Skip(CAUGHT_UP)
            continue
        posts = [batch.posts[pk] for pk in wanted]
        here = [post for post in posts if post.thread_id == posts[0].thread_id]
        mail = _posts_mail(delivery, member, here, wanted, batch.titles_for(member))
        yield delivery, _threaded(mail, here[0], batch.mailed.get(member.pk, {}))


def _posts_mail(
    delivery: Delivery,
    member: Membership,
    posts: Sequence[Post],
    wanted: dict[int, Reason],
    titles: dict[str, str],
) -> Mail:
    thread = posts[0].thread
    first = min(posts, key=lambda post: URGENCY.index(wanted[post.pk].why))
    why = wanted[first.pk].why
    lead = str(LEADS[why]) % {"name": first.writer_name} if why in LEADS else ""
    title = " ".join(thread.title.split())
    begins = any(post.number == 1 for post in posts)
    last = posts[-1]
    by_mail = reply_addresses.is_configured() and can_reply(member, thread)
    mail = render_mail(
        delivery,
        "mail/discussion",
        subject=title if begins else _("Re: %(title)s") % {"title": title},
        preheader=excerpt(first.body_text, 140),
        author=_authors(posts),
        why=str(WHYS[why]),
        context={
            **_surroundings(thread),
            "lead": lead,
            "posts": list(as_mailed(posts, titles)),
            "more": _more(len(posts) - MOST_POSTS),
            "reply_url": f"{absolute(thread.get_absolute_url())}?reply_to={last.number}#reply",
            "marker": marker() if by_mail else "",
            "can_reply": can_reply(member, thread),
        },
    )
    return replace(mail, answers=(ANSWERS, thread.pk)) if by_mail else mail


def _surroundings(thread: Thread) -> dict[str, Any]:
    return {
        "thread": thread,
        "thread_url": absolute(thread.get_absolute_url()),
        "following_url": absolute(reverse("forums:following_list", args=[thread.cohort.slug])),
    }


def _threaded(mail: Mail, first: Post, mailed: Mapping[int, str]) -> Mail:
    """With what lets mail programs keep a thread's mails together, each below what it answers.

    `mailed` are the Message-IDs of what this reader got before, by post. The thread itself has one
    that no mail bears: it holds together what would have lost its parent.
    """
    thread = first.thread
    root = f"<thread-{thread.pk}@{settings.MAIL_DOMAIN}>"
    parent = mailed.get(first.parent_id or 0, "")
    return replace(
        _of_space(mail, thread),
        headers={
            "In-Reply-To": parent or root,
            "References": f"{root} {parent}".strip(),
            "List-Archive": f"<{absolute(thread.space.get_absolute_url())}>",
        },
    )


def _of_space(mail: Mail, thread: Thread) -> Mail:
    """Under the name of its space, so that mail programs can sort by it."""
    space = thread.space
    name = f"{space.slug}.{thread.cohort.slug}.discussions.{settings.MAIL_DOMAIN}"
    return replace(mail, list_id=name)


def _authors(posts: Sequence[Post]) -> str:
    names = list(dict.fromkeys(post.writer_name for post in posts))
    if len(names) > 2:
        return _("%(name)s and %(n)d others") % {"name": names[0], "n": len(names) - 1}
    return _(" and ").join(names)


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("%(n)d more reply", "%(n)d more replies", count) % {"n": count}


def compose_announcement(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """An announcement to everybody who may read it, unless they silenced its space."""
    batch = _Batch(deliveries)
    quiet = _keeping_quiet(deliveries)
    for delivery in deliveries:
        member = delivery.recipient
        post = next((p for pk in delivery.params["posts"] if (p := batch.posts.get(pk))), None)
        if member is None or post is None or not post.thread.space.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        elif (delivery.target_pk, member.pk) in quiet:
            yield delivery, Skip(QUIET)
        else:
            yield delivery, _announcement(delivery, post, batch.titles_for(member))


def _keeping_quiet(deliveries: Sequence[Delivery]) -> set[tuple[int | None, int]]:
    threads = Thread.objects.in_bulk({d.target_pk for d in deliveries if d.target_pk})
    members = Membership.objects.filter(pk__in={d.recipient_id for d in deliveries})
    return {
        (pk, member)
        for pk, thread in threads.items()
        for member in members.filter(notices.is_quiet(thread)).values_list("pk", flat=True)
    }


def _announcement(delivery: Delivery, post: Post, titles: dict[str, str]) -> Mail:
    thread = post.thread
    mail = render_mail(
        delivery,
        "mail/discussion",
        subject=" ".join(thread.title.split()),
        preheader=excerpt(post.body_text, 140),
        author=post.writer_name,
        sender="digest",
        why=_("You get this as a member of %(cohort)s: the facilitators announced it to everybody.")
        % {"cohort": thread.cohort.name},
        context={
            **_surroundings(thread),
            "lead": _("An announcement from %(name)s") % {"name": post.writer_name},
            "posts": list(as_mailed([post], titles)),
            "is_announcement": True,
        },
    )
    return _of_space(mail, thread)


def compose_helped(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """ "Your reply helped", while it is marked so."""
    posts = (
        Post.objects.standing()
        .filter(pk__in=[d.target_pk for d in deliveries], thread__deleted_at=None)
        .select_related("thread__space", "thread__cohort", "thread__author__user")
        .in_bulk()
    )
    for delivery in deliveries:
        post, member = posts.get(delivery.target_pk or 0), delivery.recipient
        if post is None or member is None or not post.thread.space.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        elif post.thread.answer_id != post.pk:
            yield delivery, Skip(NOT_THE_ANSWER)
        else:
            yield delivery, _helped(delivery, post)


def _helped(delivery: Delivery, post: Post) -> Mail:
    thread = post.thread
    title = " ".join(thread.title.split())
    mail = render_mail(
        delivery,
        "mail/discussion_helped",
        subject=_("Your reply helped: %(title)s") % {"title": title},
        preheader=_("It is marked as the reply that helped."),
        why=_("You get this because you replied to a question."),
        context={
            **_surroundings(thread),
            "post": post,
            "asker": thread.author.user.name if thread.author else "",
            "post_url": absolute(post.get_absolute_url()),
        },
    )
    return _of_space(mail, thread)


# ------------------------------------------------------------------------- with invented words


def sample_reply(delivery: Delivery) -> Mail:
    return _sample(delivery, Why.MENTIONED)


def sample_followed(delivery: Delivery) -> Mail:
    return _sample(delivery, Why.FOLLOWS)


def _sample(delivery: Delivery, why: Why) -> Mail:
    post, member = invented.reply(), delivery.recipient
    assert member is not None  # noqa: S101 (samples have a reader)
    return _posts_mail(delivery, member, [post], {post.pk: Reason(why, False)}, {})


def sample_announcement(delivery: Delivery) -> Mail:
    return _announcement(delivery, invented.post(), {})


def sample_helped(delivery: Delivery) -> Mail:
    return _helped(delivery, invented.reply())


TOPICS = (
    Topic(
        notices.REPLIES_TOPIC,
        gettext_lazy("Mentions and replies"),
        gettext_lazy("When somebody names you or your team, answers you, or says you helped."),
        defaults=frozenset(Way),
    ),
    Topic(
        notices.FOLLOWED_TOPIC,
        gettext_lazy("What you follow"),
        gettext_lazy(
            "New posts where you chose to hear everything, and discussions about themes and tags "
            "you follow."
        ),
    ),
    Topic(
        notices.ANNOUNCEMENTS_TOPIC,
        gettext_lazy("Announcements"),
        gettext_lazy("What the facilitators tell everybody. There are few of them."),
        defaults=frozenset(Way),
    ),
)
KINDS = (
    Kind(
        notices.REPLY,
        gettext_lazy("Mention or reply"),
        compose_posts,
        topic=notices.REPLIES_TOPIC,
        describe=describe_posts,
        sample=sample_reply,
    ),
    Kind(
        notices.FOLLOWED,
        gettext_lazy("New where one follows"),
        compose_posts,
        topic=notices.FOLLOWED_TOPIC,
        describe=describe_posts,
        sample=sample_followed,
        is_bulk=True,
    ),
    Kind(
        notices.ANNOUNCEMENT,
        gettext_lazy("Announcement"),
        compose_announcement,
        topic=notices.ANNOUNCEMENTS_TOPIC,
        describe=describe_posts,
        sample=sample_announcement,
        is_bulk=True,
    ),
    Kind(
        notices.HELPED,
        gettext_lazy("A reply that helped"),
        compose_helped,
        topic=notices.REPLIES_TOPIC,
        describe=describe_helped,
        sample=sample_helped,
    ),
)


def register() -> None:
    for topic in TOPICS:
        registry.register_topic(topic)
    for kind in KINDS:
        registry.register_kind(kind)
    registry.register_planner(notices.plan)
