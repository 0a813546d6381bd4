"""A thing's own discussion on the thing's page: comments, of the same making as all posts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from cohort.access import MemberRequest
from cohort.models import Scoped
from forums import permissions, services
from forums.forms import ReplyForm
from forums.models import Post, Space, Thread
from forums.queries.drafts import draft_at, draft_of
from forums.queries.opening import opened_by
from forums.views.threads import context_of, note_seen, read_page
from forums.views.written import html_written

# Gets what is said: body (HTML), parent (a number), form_key, as_facilitator.
Publish = Callable[..., Post]


def comments_on(
    request: MemberRequest,
    thing: Scoped,
    reference: str,
    post_to: str,
    form: ReplyForm | None = None,
) -> dict[str, Any]:
    """What `forums/_comments.html` shows of a thing that the member may see: the newest page.

    `post_to` is the address that a comment is posted to; `form` is one that was refused.
    """
    threads = Thread.objects.visible_to(request.membership).about(reference)
    thread = opened_by(threads, request.membership).first()
    context = (
        _going_on(request, thread, form) if thread else _first(request, thing, reference, form)
    )
    context["form"].fields["body"].label = _("Your comment")
    return {**context, "post_to": post_to, "says_comment": True}


def _going_on(request: MemberRequest, thread: Thread, form: ReplyForm | None) -> dict[str, Any]:
    thread.cohort = request.cohort
    page = read_page(request, thread, around=thread.last_number)
    note_seen(request, thread, page)
    if form is None:
        may_steer = permissions.can_steer(request.membership)
        form = ReplyForm.going_on(draft_of(thread.draft), parent=1, may_steer=may_steer)
    return context_of(request, thread, page, form)


def _first(
    request: MemberRequest, thing: Scoped, reference: str, form: ReplyForm | None
) -> dict[str, Any]:
    """Before anybody said anything: whom one may name is told by any room of the same readers."""
    place = f"about:{reference}"
    may_write = request.membership.may_write
    rooms = Space.objects.filter(cohort=request.cohort, audience=thing.audience, team=thing.team_id)
    draft = draft_at(request.membership, place) if may_write else None
    return {
        "thread": None,
        "form": form or ReplyForm.going_on(draft, parent=1),
        "can_reply": may_write,
        "draft_place": place,
        "space_pk": rooms.values_list("pk", flat=True).first() if may_write else None,
    }


def post_comment(
    request: MemberRequest,
    *,
    space: Space,
    reference: str,
    publish: Publish,
    url: str,
    again: Callable[[ReplyForm], HttpResponse],
) -> HttpResponse:
    """Publish what was posted and lead back to the thing at `url`, with all that was typed if not.

    `again` shows the thing's page with a form that was refused; `publish` may raise Refused.
    """
    member = request.membership
    form = ReplyForm(request.POST, request.FILES, may_steer=permissions.can_steer(member))
    body = html_written(form, space, member) if form.is_valid() else None
    if body is None:
        return again(form.again())
    said = {name: form.cleaned_data.get(name) for name in ("parent", "form_key")}
    speaks = form.cleaned_data.get("as_facilitator", False)
    try:
        post = publish(body=body, as_facilitator=speaks, **said)
    except services.Refused as refused:
        context = {"reason": refused.reason, "form": form.again(), "back_url": url}
        return render(request, "forums/post_refused.html", context, status=409)
    for place in (f"about:{reference}", f"thread:{post.thread_id}"):
        services.drop_draft(member=member, place=place)
    return redirect(f"{url}#post-{post.number}")
