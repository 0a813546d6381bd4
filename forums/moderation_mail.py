"""News about flagged posts: to the author, to whoever flagged, to the facilitators.

Service mail: whoever's post is hidden must hear of it. What the bell says of it is what holds then.
"""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from forums import invented
from forums.models import Flag, Post
from forums.notices import group_of
from notifications import reach, reasons, registry
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail

KIND = "forums.moderation"

# Subject and first sentence, by reader and by what came of it.
WORDS = {
    ("author", "asked"): (
        gettext_lazy("About your post in “%(title)s”"),
        gettext_lazy(
            "Somebody asked the facilitators to look at your post in “%(title)s”, and they have a "
            "question for you. Your post is still there; you can edit it."
        ),
    ),
    ("author", "hidden"): (
        gettext_lazy("Your post in “%(title)s” was hidden"),
        gettext_lazy(
            "The facilitators hid your post in “%(title)s”. You and they can still see it, and you "
            "can edit it."
        ),
    ),
    ("author", "kept"): (
        gettext_lazy("Your post in “%(title)s” stays"),
        gettext_lazy("The facilitators looked at your post in “%(title)s”, and it stays."),
    ),
    ("author", "shown"): (
        gettext_lazy("Your post in “%(title)s” is back"),
        gettext_lazy("The facilitators brought your hidden post in “%(title)s” back."),
    ),
    ("author", "removed"): (
        gettext_lazy("Your post in “%(title)s” was removed"),
        gettext_lazy("The facilitators removed your post in “%(title)s” for good."),
    ),
    ("flagger", "hidden"): (
        gettext_lazy("The post you flagged was hidden"),
        gettext_lazy(
            "Thank you for speaking up. The facilitators hid the post in “%(title)s” that you "
            "flagged."
        ),
    ),
    ("flagger", "kept"): (
        gettext_lazy("The post you flagged stays"),
        gettext_lazy(
            "Thank you for speaking up. The facilitators looked at the post in “%(title)s” that "
            "you flagged, and it stays."
        ),
    ),
    ("flagger", "removed"): (
        gettext_lazy("The post you flagged was removed"),
        gettext_lazy(
            "Thank you for speaking up. The facilitators removed the post in “%(title)s” that you "
            "flagged."
        ),
    ),
    ("facilitator", "flagged"): (
        gettext_lazy("A post was flagged in “%(title)s”"),
        gettext_lazy("Somebody asks the facilitators to look at a post in “%(title)s”."),
    ),
}
WHY = {
    "author": gettext_lazy("You get this because you wrote the post."),
    "flagger": gettext_lazy("You get this because you flagged the post."),
    "facilitator": gettext_lazy("You get this because you facilitate this cohort."),
}


def tell_author(post: Post, outcome: str, words: str = "") -> None:
    if author := post.author:
        _enqueue(post, [author], "author", outcome, words)


def tell_flaggers(flags: Iterable[Flag], outcome: str) -> None:
    for flag in flags:
        if flag.flagged_by:
            _enqueue(flag.post, [flag.flagged_by], "flagger", outcome)


def tell_facilitators(flag: Flag) -> None:
    """Those who run the cohort, of the first flag that a post waits with."""
    if flag.post.flags.waiting().count() > 1:
        return
    here = Membership.objects.active().filter(cohort_id=flag.post.thread.cohort_id)
    facilitators = here.facilitating().exclude(pk=flag.flagged_by_id or 0)
    _enqueue(flag.post, facilitators, "facilitator", "flagged", flag.get_reason_display())


def _enqueue(
    post: Post, readers: Iterable[Membership], reader: str, outcome: str, words: str = ""
) -> None:
    thread = post.thread
    is_ours = reader == "facilitator"
    reach.tell(
        KIND,
        readers,
        dedupe_key=f"moderation:{post.pk}:{reader}:{outcome}:{timezone.now().isoformat()}",
        target_pk=post.pk,
        params={"reader": reader, "outcome": outcome, "words": words},
        group=flags_group(thread.cohort_id) if is_ours else group_of(thread.pk),
        items=[post.pk],
    )


def flags_group(cohort_pk: int) -> str:
    """What the bell gathers flagged posts by; the page of all of them reads it."""
    return f"flags:{cohort_pk}"


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """What was decided, unless it was decided otherwise since, or is no longer theirs to know."""
    pks = [delivery.target_pk for delivery in deliveries]
    posts = Post.objects.select_related("thread__space", "thread__cohort").in_bulk(pks)
    waiting = set(Flag.objects.waiting().filter(post__in=pks).values_list("post_id", flat=True))
    for delivery in deliveries:
        post, member = posts.get(delivery.target_pk), delivery.recipient
        if (
            post is None
            or member is None
            or not post.thread.space.is_visible_to(member)
            or (delivery.params["reader"] == "facilitator" and not member.is_facilitator)
            or not _still_so(post, delivery.params["outcome"], waiting)
        ):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _mail(delivery, post)


def _still_so(post: Post, outcome: str, waiting: set[int]) -> bool:
    if outcome == "removed":
        return post.deleted_at is not None
    if outcome == "flagged" and post.pk not in waiting:
        return False
    return post.deleted_at is None and (outcome == "hidden") == (post.hidden_at is not None)


def _mail(delivery: Delivery, post: Post) -> Mail:
    reader, outcome = delivery.params["reader"], delivery.params["outcome"]
    subject, sentence = WORDS[reader, outcome]
    title = {"title": " ".join(post.thread.title.split())}
    if reader == "facilitator":
        url = reverse("forums:flag_list", args=[post.thread.cohort.slug])
    else:
        url = post.get_absolute_url() if post.thread.deleted_at is None else ""
    return render_mail(
        delivery,
        "mail/moderation",
        subject=subject % title,
        why=str(WHY[reader]),
        context={
            "sentence": sentence % title,
            "words": delivery.params["words"],
            "words_are_reason": reader == "facilitator",
            "post_url": absolute(url) if url else "",
            "label": _("Look at it") if reader == "facilitator" else _("Open the discussion"),
        },
    )


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """What became of a flagged post, or that some wait, for whoever may still know."""
    pks = {pk for entry in entries for pk in entry.items}
    posts = Post.objects.select_related("thread__space", "thread__cohort").in_bulk(pks)
    flags = Flag.objects.filter(post__in=pks)
    waiting = set(flags.waiting().values_list("post_id", flat=True))
    flagged: set[tuple[int, int | None]] = set(flags.values_list("post_id", "flagged_by_id"))
    asked = set(flags.filter(state=Flag.State.ASKED).values_list("post_id", flat=True))
    lines = {}
    for entry in entries:
        seen = [p for pk in entry.items if (p := posts.get(pk)) and _may_know(p, entry.member)]
        if entry.group == flags_group(entry.member.cohort_id):
            line = _waiting_line(entry, [post for post in seen if post.pk in waiting])
        else:
            last = seen[-1] if seen else None
            line = last and _decided_line(entry, last, flagged, asked)
        if line:
            lines[entry.pk] = line
    return lines


def _may_know(post: Post, member: Membership) -> bool:
    return post.thread.space.is_visible_to(member)


def _waiting_line(entry: Entry, posts: Sequence[Post]) -> Line | None:
    if not posts or not entry.member.is_facilitator:
        return None
    words = ngettext("A flagged post waits for you", "%(n)d flagged posts wait for you", len(posts))
    return Line(
        title=words % {"n": len(posts)},
        url=reverse("forums:flag_list", args=[posts[0].thread.cohort.slug]),
        detail=" ".join(posts[-1].thread.title.split()),
        icon="flag",
    )


def _decided_line(
    entry: Entry, post: Post, flagged: set[tuple[int, int | None]], asked: set[int]
) -> Line | None:
    if post.author_id == entry.member_id:
        reader, calm = "author", "asked" if post.pk in asked else "kept"
    elif (post.pk, entry.member_id) in flagged:
        reader, calm = "flagger", "kept"
    else:
        return None
    outcome = "removed" if post.deleted_at else "hidden" if post.hidden_at else calm
    thread = post.thread
    return Line(
        title=str(WORDS[reader, outcome][0]) % {"title": " ".join(thread.title.split())},
        url=thread.space.get_absolute_url() if thread.deleted_at else post.get_absolute_url(),
        detail=_("From the facilitators"),
        icon="flag",
    )


def sample(delivery: Delivery) -> Mail:
    delivery.params = {
        "reader": "author",
        "outcome": "asked",
        "words": _("Could you leave out the name of the employer?"),
    }
    return _mail(delivery, invented.post())


def register() -> None:
    registry.register_kind(
        Kind(KIND, gettext_lazy("Flagged posts"), compose, describe=describe, sample=sample)
    )
