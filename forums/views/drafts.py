"""Drafts: kept as one types, listed, thrown away."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from forums import draft_places, permissions, services
from forums.forms import ReplyForm
from forums.models import Draft, Thread
from forums.queries import drafts as queries
from forums.queries.drafts import is_place_of, list_drafts, url_of
from notifications import bell

# What of a form is kept beside title and body. A form is empty when none of its words are there.
_WORDS = ("situation", "tried", "question", "tags", "poll-question", "poll-options")
_CHOICES = (
    "answers_first", "kind", "parent", "poll-closes_at", "poll-closes_on", "poll-is_anonymous",
    "poll-is_multiple", "space", "version",
)  # fmt: skip


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_list(request: MemberRequest) -> HttpResponse:
    """One's drafts. A POST keeps what stands in a form now, and answers with nothing."""
    require(request.membership.may_write)
    if request.method == "POST":
        return _keep(request)
    drafts = list_drafts(request.membership)
    return render(request, "forums/draft_list.html", {"drafts": drafts})


def _keep(request: MemberRequest) -> HttpResponse:
    form = _kept_as_text(request.POST)
    place = form.get("draft", "")
    if not is_place_of(request.membership, place):
        raise Http404
    if sum(map(len, _values(form))) > Draft.LIMIT:
        words = _("This is too long to be kept as a draft.")
        return JsonResponse({"error": words}, status=413)
    fields: dict[str, Any] = {name: form[name] for name in (*_WORDS, *_CHOICES) if form.get(name)}
    if themes := form.getlist("themes")[:100]:
        fields["themes"] = themes
    more, is_typed = draft_places.kept_at(place, form)
    services.keep_draft(
        member=request.membership,
        place=place,
        title=form.get("title", ""),
        body=form.get("body", ""),
        is_html=bool(form.get("is_html")),
        fields=fields | more if is_typed or _has_words(form) else {},
        form_key=_form_key(form),
    )
    return HttpResponse(status=204)


def _kept_as_text(form: QueryDict) -> QueryDict:
    """What was posted, without what no text in a database can hold."""
    form = form.copy()
    for name, values in form.lists():
        form.setlist(name, [value.replace("\0", "") for value in values])
    return form


def _values(form: QueryDict) -> Iterator[str]:
    return (value for _name, values in form.lists() for value in values)


def _has_words(form: QueryDict) -> bool:
    return any(form.get(name, "").strip() for name in ("title", "body", *_WORDS))


def _form_key(form: QueryDict) -> uuid.UUID | None:
    try:
        return uuid.UUID(form.get("form_key", ""))
    except ValueError:
        return None


@member_required
@require_safe
def mailed_draft(request: MemberRequest, key: str) -> HttpResponse:
    """An answer that came by mail, in the form that posts it."""
    draft = queries.mailed_draft(request.membership, key)
    if draft is None:
        raise Http404
    threads = Thread.objects.visible_to(request.membership).select_related("space")
    thread = get_object_or_404(threads, pk=queries.thread_pk_of_mailed(draft.place))
    bell.seen(request.membership, f"draft:{draft.pk}")
    form = ReplyForm.going_on(draft, parent=1)
    form.initial["form_key"] = uuid.UUID(key)
    context = {
        "draft": draft,
        "thread": thread,
        "form": form,
        "why": draft.fields.get("why", ""),
        "sender": draft.fields.get("from", ""),
        "can_reply": permissions.can_reply(request.membership, thread),
        "text": queries.text_of(draft),
    }
    return render(request, "forums/mailed_draft.html", context)


@member_required
@require_POST
def draft_removal(request: MemberRequest) -> HttpResponse:
    """Throw one away. The way leads back to where one was: the list, or its form, now empty."""
    require(request.membership.may_write)
    place = request.POST.get("draft", "").replace("\0", "")
    is_in_form = request.POST.get("from") == "form"
    url = url_of(request.membership, place) if is_in_form else ""
    services.drop_draft(member=request.membership, place=place)
    messages.success(request, _("The draft is thrown away."))
    return redirect(url or reverse("forums:draft_list", args=[request.cohort.slug]))
