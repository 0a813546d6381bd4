"""Telling a member that an answer of theirs by mail waits to be looked at."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from forums import invented
from forums.models import Draft, Thread
from forums.queries.drafts import text_of, thread_pk_of_mailed
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail

KIND = "forums.answer_held"
Waiting = tuple[Draft, Thread]


def tell_held(draft: Draft, member: Membership) -> None:
    reach.tell(
        KIND,
        [member],
        dedupe_key=f"answer-held:{draft.pk}",
        target_pk=draft.pk,
        group=f"draft:{draft.pk}",
        items=[draft.pk],
    )


def url_of_mailed(draft: Draft, thread: Thread) -> str:
    key = draft.place.rpartition(":")[2]
    return reverse("forums:mailed_draft", args=[thread.cohort.slug, key])


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """Unless it was sent, or thrown away, meanwhile."""
    waiting = _waiting({d.target_pk for d in deliveries if d.target_pk})
    for delivery in deliveries:
        found, member = waiting.get(delivery.target_pk or 0), delivery.recipient
        if found is None or member is None or not found[1].space.is_visible_to(member):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _mail(delivery, *found)


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    waiting = _waiting({pk for entry in entries for pk in entry.items})
    return {
        entry.pk: Line(
            title=_("Your answer by mail waits for you in “%(title)s”") % {"title": found[1].title},
            url=url_of_mailed(*found),
            detail=found[0].fields.get("why", ""),
            icon="mail",
        )
        for entry in entries
        if (found := waiting.get(entry.items[-1])) and found[1].space.is_visible_to(entry.member)
    }


def _waiting(draft_pks: Iterable[int]) -> dict[int, Waiting]:
    """The drafts that are there still, each with its thread if that is."""
    drafts = Draft.objects.filter(pk__in=draft_pks)
    thread_pks = {draft.pk: thread_pk_of_mailed(draft.place) for draft in drafts}
    threads = (
        Thread.objects.filter(pk__in=thread_pks.values(), deleted_at=None)
        .select_related("space", "cohort")
        .in_bulk()
    )
    return {
        draft.pk: (draft, threads[thread_pks[draft.pk]])
        for draft in drafts
        if thread_pks[draft.pk] in threads
    }


def _mail(delivery: Delivery, draft: Draft, thread: Thread) -> Mail:
    title = " ".join(thread.title.split())
    return render_mail(
        delivery,
        "mail/answer_held",
        subject=_("Please look at your answer: %(title)s") % {"title": title},
        preheader=_("It is kept as a draft, and posted when you say so."),
        why=_("You get this because you, or somebody with your mail, answered a mail of ours."),
        sender="account",
        context={
            "thread": thread,
            "reason": draft.fields.get("why", ""),
            "sender": draft.fields.get("from", ""),
            "words": text_of(draft)[:400],
            "draft_url": absolute(url_of_mailed(draft, thread)),
        },
    )


def sample(delivery: Delivery) -> Mail:
    thread = invented.post().thread
    draft = Draft(
        pk=0,
        place=f"mail:{thread.pk}:sample",
        body=_("Yes, we ask the hospital first."),
        fields={"why": _("It was not clear which words were the answer"), "from": samples.ADDRESS},
    )
    return _mail(delivery, draft, thread)


def register() -> None:
    label = gettext_lazy("An answer by mail waits")
    registry.register_kind(Kind(KIND, label, compose, describe=describe, sample=sample))
