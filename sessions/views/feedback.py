"""Two questions to whoever was there."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required, require
from notifications import bell
from sessions import permissions
from sessions.forms_closing import FeedbackForm
from sessions.models import Attendance, CloseOut, Feedback, feedback_closes_at
from sessions.services import feedback
from sessions.views.fetching import posted, session_of


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session, member = session_of(request, session_pk), request.membership
    close_out = CloseOut.objects.filter(session=session).first()
    was_there = Attendance.objects.filter(
        session=session, member=member, mark__in=Attendance.THERE
    ).exists()
    require(permissions.can_give_feedback(member, session, close_out, was_there=was_there))
    given = Feedback.objects.filter(session=session, member=member).first()
    initial = {"score": given.score, "words": given.words} if given else {}
    form = FeedbackForm(posted(request), initial=initial)
    if request.method != "POST" or not form.is_valid():
        context = {
            "session": session,
            "form": form,
            "given": given,
            "closes_at": feedback_closes_at(session, close_out),
            "floor": Feedback.FLOOR,
        }
        status = 422 if form.is_bound else 200
        return render(request, "sessions/feedback_edit.html", context, status=status)

    feedback.give_feedback(session=session, member=member, **form.cleaned_data)
    bell.seen(member, f"session:{session.pk}")
    messages.success(request, _("Thank you. The hosts read it without your name."))
    return redirect(session)
