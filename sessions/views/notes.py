"""Shared notes without scripts: one form, and what to do when somebody wrote meanwhile."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required, require
from sessions import permissions, queries
from sessions.room_forms import NotesForm
from sessions.services import notes
from sessions.views.fetching import posted, session_of
from sessions.views.room import to_room


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_notes(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    may_write = permissions.can_write_notes(request.membership, session)
    require(may_write or request.method != "POST")
    current = queries.notes_of(session)
    form = NotesForm(posted(request), initial={"text": current.text, "version": current.version})
    meanwhile = None
    if form.is_valid():
        try:
            notes.replace(session=session, member=request.membership, **form.cleaned_data)
        except notes.Conflict as conflict:
            meanwhile = conflict.current
            # Saving again then means: I have seen what the others wrote.
            form.data = {"text": request.POST.get("text", ""), "version": str(meanwhile.version)}
        else:
            messages.success(request, _("The notes are saved."))
            return to_room(request, session.pk, "notes")
    context = {
        "session": session,
        "form": form,
        "notes": current,
        "meanwhile": meanwhile,
        "may_write": may_write,
    }
    status = 409 if meanwhile else 422 if form.is_bound else 200
    return render(request, "sessions/session_notes.html", context, status=status)
