"""Quick pulses: asking, answering, closing."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, facilitator_required, member_required, require
from sessions import permissions, queries
from sessions.models import Pulse
from sessions.room_forms import PulseForm
from sessions.services import pulses
from sessions.views.fetching import session_of
from sessions.views.room import IN_PLACE, render_room, to_room


@member_required
@require_safe
def pulse_list(request: MemberRequest, session_pk: int) -> HttpResponse:
    """The room's pulses alone: every open room asks for them when one begins or ends."""
    session = session_of(request, session_pk)
    can_chat = permissions.can_chat(request.membership, session)
    context = {
        "session": session,
        "pulses": queries.pulses_of(request.membership, session, may_answer=can_chat),
        "can_steer": permissions.can_steer(request.membership, session),
    }
    return render(request, "sessions/_pulses.html", context)


@facilitator_required
@require_POST
def pulse_create(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_steer(request.membership, session))
    form = PulseForm(request.POST)
    if not form.is_valid():
        return render_room(request, session_pk, status=422, pulse_form=form)
    pulses.start(session_pk=session.pk, by=request.membership, **form.cleaned_data)
    words = _("Everybody in the room is asked now.")
    return to_room(request, session.pk, "pulses", words)


@member_required
@require_POST
def pulse_answer(request: MemberRequest, session_pk: int, pulse_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    pulse = _pulse(request, session_pk, pulse_pk)
    require(permissions.can_chat(request.membership, session))
    try:
        pulses.answer(pulse=pulse, member=request.membership, text=request.POST.get("answer", ""))
    except pulses.PulseClosed:
        if IN_PLACE in request.headers:
            return HttpResponse(status=409)
        messages.error(request, _("It was closed meanwhile."))
    except pulses.NotOffered:
        messages.error(request, _("Choose one of the answers, or write up to 60 characters."))
        return render_room(request, session_pk, status=422)
    return to_room(request, session.pk, "pulses")


@facilitator_required
@require_POST
def pulse_close(request: MemberRequest, session_pk: int, pulse_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    pulse = _pulse(request, session_pk, pulse_pk)
    require(permissions.can_steer(request.membership, session))
    pulses.close(pulse=pulse)
    return to_room(request, session.pk, "pulses")


def _pulse(request: MemberRequest, session_pk: int, pulse_pk: int) -> Pulse:
    found = Pulse.objects.visible_to(request.membership)
    return get_object_or_404(found, room_id=session_pk, pk=pulse_pk)
