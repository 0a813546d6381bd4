"""The facilitators' note on top of the edition, and the edition as each member would get it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, require
from cohort.permissions import can_facilitate
from facilitation.forms_edition import NoteForm, PreviewForm, read_week
from forums.forms_letters import written_html
from notifications.edition import audience, notes, preview
from notifications.mail_frame import LOOKS, looked_at
from notifications.models import EditionNote

WEEK = timedelta(days=7)
# How far ahead a note can be written, and back it can be read.
AHEAD, BACK = 8, 60


@facilitator_required
@require_safe
def edition(request: MemberRequest) -> HttpResponse:
    """To the note of the week that most people get next."""
    return redirect("facilitation:edition_note", request.cohort.slug, _coming(request))


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def edition_note(request: MemberRequest, week: str) -> HttpResponse:
    day = _week(request, week)
    note = notes.note_of(request.cohort, day)
    if request.method != "POST":
        return _page(request, day, note, NoteForm.of(note))
    require(can_facilitate(request.membership))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, day, note, form.again(), status=422)
    try:
        notes.publish(
            cohort=request.cohort,
            week=day,
            html=form.html,
            by=request.membership,
            version=form.cleaned_data["version"] or 0,
        )
    except notes.ChangedMeanwhile as changed:
        form.begin_again_with(changed.note.version)
        return _page(request, day, note, form.again(), status=422, theirs=changed.note)
    messages.success(request, _("The note stands on top of this week’s editions."))
    return redirect("facilitation:edition_note", request.cohort.slug, week)


@facilitator_required
@require_POST
def edition_note_draft(request: MemberRequest, week: str) -> HttpResponse:
    """Keep what stands in the form; answers with nothing, or to a button with the page again."""
    require(can_facilitate(request.membership))
    day = _week(request, week)
    text = request.POST.get("body", "").replace("\0", "")
    if len(text) > 20 * EditionNote.LIMIT:
        return HttpResponse(status=413)
    html = written_html(text, is_html=bool(request.POST.get("is_html")))
    notes.keep_draft(cohort=request.cohort, week=day, html=html, by=request.membership)
    if request.POST.get("from") == "form":
        messages.success(request, _("The draft is saved. Nobody gets it before you publish it."))
        return redirect("facilitation:edition_note", request.cohort.slug, week)
    return HttpResponse(status=204)


@facilitator_required
@require_POST
def edition_note_withdrawal(request: MemberRequest, week: str) -> HttpResponse:
    require(can_facilitate(request.membership))
    notes.withdraw(cohort=request.cohort, week=_week(request, week), by=request.membership)
    messages.success(request, _("The note is taken out; your words are kept as a draft."))
    return redirect("facilitation:edition_note", request.cohort.slug, week)


@facilitator_required
@require_POST
def edition_test(request: MemberRequest, week: str) -> HttpResponse:
    require(can_facilitate(request.membership))
    preview.send_test(week=_week(request, week), to=request.membership)
    to = {"address": request.membership.user.email}
    messages.success(request, _("A test is on its way to %(address)s.") % to)
    return redirect("facilitation:edition_note", request.cohort.slug, week)


@facilitator_required
@require_safe
@xframe_options_sameorigin
def edition_preview(request: MemberRequest, week: str) -> HttpResponse:
    """The mail alone, for the frame."""
    member = PreviewForm(request.GET, by=request.membership).chosen
    shown = preview.preview_of(member, _week(request, week), timezone.now())
    return looked_at(shown.mail, request.GET.get("look", ""))


def _page(
    request: MemberRequest, day: date, note: EditionNote, form: NoteForm, *,
    status: int = 200, theirs: EditionNote | None = None,
) -> HttpResponse:  # fmt: skip
    now, look = timezone.now(), request.GET.get("look", "")
    asked = request.GET.get("member")
    choice = PreviewForm({"member": asked or request.membership.pk}, by=request.membership)
    context: dict[str, Any] = {
        "note": note,
        "week": day,
        "earlier": day - WEEK,
        "later": day + WEEK,
        "is_coming": day == audience.coming_week(request.cohort, now),
        "form": form,
        "theirs": theirs,
        "audience": audience.audience_of(request.cohort, day, now),
        "choice": choice,
        "member": choice.chosen,
        "preview": preview.preview_of(choice.chosen, day, now),
        "look": look if look in LOOKS else LOOKS[0],
        "can_write": can_facilitate(request.membership),
    }
    return render(request, "facilitation/edition_note.html", context, status=status)


def _coming(request: MemberRequest) -> str:
    return audience.coming_week(request.cohort, timezone.now()).isoformat()


def _week(request: MemberRequest, text: str) -> date:
    """A week there can be a note for; 404 for any other."""
    week = read_week(text)
    coming = audience.coming_week(request.cohort, timezone.now())
    if week is None or not coming - BACK * WEEK <= week <= coming + AHEAD * WEEK:
        raise Http404
    return week
