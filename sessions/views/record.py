"""A session's record to keep: one file that needs nothing else."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from sessions import permissions, queries
from sessions.views.fetching import page_of


@member_required
@require_safe
def record_export(request: MemberRequest, session_pk: int) -> HttpResponse:
    """What its reader sees on the session's page, and every line of the chat that stands."""
    session, member = page_of(request, session_pk), request.membership
    sees_people = permissions.can_take_along(member)
    context = {
        "session": session,
        "address": request.build_absolute_uri(session.get_absolute_url()),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "made_at": timezone.now(),
        "resources": queries.resources_of(session),
        "lines": queries.spoken_lines(member, session),
        "lane": queries.lane_of(member, session),
        "agenda": queries.agenda_of(session),
        "sheet": queries.attendance_sheet(session) if sees_people else [],
        **queries.record_of(member, session),
    }
    response = render(request, "sessions/record_export.html", context)
    name = slugify(session.title)[:60] or f"session-{session.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}.html"'
    return response
