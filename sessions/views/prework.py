"""Ticking what one has done before a session."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, member_required, require
from sessions import permissions
from sessions.services import prework
from sessions.views.fetching import session_of


@member_required
@require_POST
def task_tick(request: MemberRequest, session_pk: int, task_pk: int) -> HttpResponseBase:
    """Done, or with `undo` not done after all."""
    session = session_of(request, session_pk)
    require(permissions.can_tick(request.membership, session))
    task = get_object_or_404(session.tasks, pk=task_pk)
    act = prework.untick if "undo" in request.POST else prework.tick
    act(task=task, member=request.membership)
    return redirect(f"{session.get_absolute_url()}#prework")
