"""Bringing in the list that Zoom, Meet or Teams gives, and looking at it before it counts."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, facilitator_required, require
from cohort.tables import UnreadableTable
from sessions import permissions
from sessions.forms_meeting_lists import ListForm, ReviewForm
from sessions.models import MeetingList
from sessions.services import meeting_lists
from sessions.views.fetching import posted, session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_import(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    form = ListForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = meeting_lists.keep(
                session=session,
                by=request.membership,
                content=form.cleaned_data["file"].read(),
                file_name=form.cleaned_data["file"].name,
            )
        except UnreadableTable as error:
            form.add_error("file", str(error))
        else:
            return redirect(
                "sessions:attendance_import_detail", request.cohort.slug, session.pk, kept.pk
            )
    context = {"session": session, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "sessions/attendance_import.html", context, status=status)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_import_detail(
    request: MemberRequest, session_pk: int, list_pk: int
) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    kept = get_object_or_404(
        MeetingList.objects.select_related("by__user"), session=session, pk=list_pk
    )
    kept.session = session
    if "discard" in request.POST:
        kept.delete()
        messages.success(request, _("The list is thrown away. No mark has changed."))
        return redirect("sessions:attendance_edit", request.cohort.slug, session.pk)
    form = ReviewForm(posted(request), kept=kept)
    if request.method != "POST":
        return render_review(request, kept, form)

    is_valid = form.is_valid()
    meeting_lists.choose(kept=kept, choices=form.choices)
    if not is_valid:
        return render_review(request, kept, form, status=422)
    if "later" in request.POST:
        messages.success(request, _("Kept. Nothing is marked before you say so."))
        return redirect("sessions:attendance_edit", request.cohort.slug, session.pk)
    over_hand = form.cleaned_data["over_hand"]
    change = meeting_lists.apply(kept=kept, by=request.membership, over_hand=over_hand)
    count = change.people if change else 0
    words = ngettext(
        "%(n)d person is marked by the list.", "%(n)d people are marked by the list.", count
    )
    messages.success(request, words % {"n": count} if count else _("The list changed nothing."))
    return redirect("sessions:attendance_edit", request.cohort.slug, session.pk)


def render_review(
    request: MemberRequest, kept: MeetingList, form: ReviewForm, status: int = 200
) -> HttpResponse:
    lines = form.lines()
    context = {
        "session": kept.session,
        "kept": kept,
        "form": form,
        "unsure": [line for line in lines if line.needs_a_look],
        "sure": [line for line in lines if not line.needs_a_look],
        "people": form.labels,
    }
    return render(request, "sessions/attendance_import_detail.html", context, status=status)
