"""Answers by mail: posted by the same service as on the page, or kept as a draft to look at."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from forums import services
from forums.answers_held import tell_held
from forums.models import Draft, Post, Thread
from forums.notices import ANSWERS, CARRIERS
from forums.permissions import can_reply
from notifications import registry
from notifications.models import Delivery
from notifications.registry import Answer, Held, NotTaken, Posted, ReplyHandler

# Of drafts that came by mail; what a member writes on pages is never pushed out by them.
MOST_HELD = 20
MOST_MERGES = 5
GONE = _("The discussion is not there any more, or you cannot see it any more.")
CLOSED = _("The discussion is closed: nobody can reply in it now.")
ONLY_READS = _("You can read there, but not write.")
TOO_MANY = _("Many of your answers wait as drafts already. Please look at those first.")


def refusal(member: Membership, thread_pk: int) -> Any:
    """Why a member may not answer in a thread now, in words; empty if they may."""
    thread = _find(member, thread_pk)
    if thread is None:
        return GONE
    if not member.may_write:
        return ONLY_READS
    return "" if can_reply(member, thread) else CLOSED


def post(answer: Answer) -> Posted | Held | NotTaken:
    """Publish an answer below what it answers; as a draft where that was taken away meanwhile."""
    thread = _find(answer.member, answer.target_pk)
    if thread is None:
        return NotTaken(GONE)
    sent = Post.objects.filter(author=answer.member, form_key=answer.key).first()
    if sent:
        return Posted(sent.get_absolute_url())
    parent = _parent(answer, thread)
    if parent and parent.thread_id != thread.pk:
        return hold(answer, services.ParentMoved.reason)
    try:
        made = services.publish_reply(
            thread=thread,
            author=answer.member,
            body=_html(answer, thread),
            parent=parent,
            form_key=answer.key,
        )
    except services.ParentGone as refused:
        return hold(answer, refused.reason)
    except services.Refused as refused:
        return NotTaken(refused.reason)
    return Posted(made.get_absolute_url())


def hold(answer: Answer, why: Any) -> Held | NotTaken:
    """Keep an answer as a draft of its own, with a word to its member; once for each mail."""
    thread = _find(answer.member, answer.target_pk)
    if thread is None:
        return NotTaken(GONE)
    place = f"mail:{thread.pk}:{answer.key.hex}"
    mine = answer.member.drafts.filter(place__startswith="mail:")
    if not mine.filter(place=place).exists() and mine.count() >= MOST_HELD:
        return NotTaken(TOO_MANY)
    parent = _parent(answer, thread)
    is_there = parent is not None and parent.thread_id == thread.pk and not parent.deleted_at
    draft, _is_new = Draft.objects.get_or_create(
        member=answer.member,
        place=place,
        defaults={
            "body": _html(answer, thread)[: Draft.LIMIT],
            "is_html": True,
            "fields": {
                "parent": str(parent.number) if parent and is_there else "1",
                "why": str(why),
                "from": answer.sender,
            },
        },
    )
    tell_held(draft, answer.member)
    return Held(reverse("forums:mailed_draft", args=[thread.cohort.slug, answer.key.hex]))


def _find(member: Membership, thread_pk: int) -> Thread | None:
    """The thread, or what it became a part of, if the member may see that."""
    for _step in range(MOST_MERGES):
        thread = Thread.objects.reachable_by(member).select_related("space", "cohort")
        found = thread.filter(pk=thread_pk).first()
        if found is None or found.deleted_at is None:
            return found
        thread_pk = found.merged_into_id or 0
    return None


def _parent(answer: Answer, thread: Thread) -> Post | None:
    """The post it answers: the last that stood in the mail it names, or in the last one sent."""
    mails = Delivery.objects.filter(recipient=answer.member, kind__in=CARRIERS)
    found = {mail.message_id: mail for mail in mails.filter(message_id__in=answer.answered)}
    named = next((found[each] for each in answer.answered if each in found), None)
    if named is None:
        named = mails.filter(_renamed(answer)).first() if answer.answered else None
    if named is None:
        sent = mails.filter(target_pk=answer.target_pk, state=Delivery.State.SENT)
        named = sent.order_by("-settled_at").first()
    if named is None:
        return None
    posts = Post.objects.visible_to(answer.member).filter(pk__in=named.params["posts"])
    return posts.order_by("-number").first()


def _renamed(answer: Answer) -> Q:
    """Some providers put a Message-ID of their own in place of ours, made of their own key."""
    names = [each.strip("<>") for each in answer.answered]
    return Q(provider_id__in=[*names, *(name.partition("@")[0] for name in names)])


def _html(answer: Answer, thread: Thread) -> str:
    """What was written, and its files at the end of it. Raises NotStored: it is tried again."""
    html = services.html_of(answer.body, thread.space, is_html=answer.is_html)
    for checked in answer.files:
        kept = services.add_attachment(member=answer.member, checked=checked)
        html += services.attachment_html(kept)
    return html


def register() -> None:
    registry.register_reply_handler(ReplyHandler(ANSWERS, refusal, post, hold))
