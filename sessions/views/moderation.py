"""Keeping the room good to be in: slow mode, and who only reads."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohort.access import MemberRequest, facilitator_required, require
from cohort.models import Membership
from sessions import permissions
from sessions.room_forms import PaceForm
from sessions.services import moderation
from sessions.views.fetching import session_of
from sessions.views.room import to_room


@facilitator_required
@require_POST
def room_pace(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_steer(request.membership, session))
    form = PaceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    moderation.set_pace(session=session, by=request.membership, **form.cleaned_data)
    words = _("Saved.")
    return to_room(request, session.pk, "people", words)


@facilitator_required
@require_POST
def member_mute(request: MemberRequest, session_pk: int, member_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    member = _member(request, member_pk)
    require(permissions.can_steer(request.membership, session) and not member.is_facilitator)
    moderation.mute(session=session, member=member, by=request.membership)
    words = _("%(name)s only reads here now.") % {"name": member.user.name}
    return to_room(request, session.pk, "people", words)


@facilitator_required
@require_POST
def member_unmute(request: MemberRequest, session_pk: int, member_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    member = _member(request, member_pk)
    require(permissions.can_steer(request.membership, session))
    moderation.unmute(session=session, member=member, by=request.membership)
    words = _("%(name)s may write here again.") % {"name": member.user.name}
    return to_room(request, session.pk, "people", words)


def _member(request: MemberRequest, member_pk: int) -> Membership:
    members = Membership.objects.active().filter(cohort=request.cohort)
    return get_object_or_404(members.select_related("user", "team", "cohort"), pk=member_pk)
