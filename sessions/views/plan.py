"""Planning a session: when, what, for whom."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.forms import SessionForm
from sessions.models import LearningSession
from sessions.services import planning
from sessions.views.fetching import posted, session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_create(request: MemberRequest) -> HttpResponseBase:
    require(permissions.can_plan(request.membership))
    form = SessionForm(posted(request), member=request.membership)
    if request.method != "POST" or "preview" in request.POST:
        return render_form(request, form)
    if not form.is_valid():
        return render_form(request, form, status=422)

    session = planning.plan_session(
        cohort=request.cohort,
        form_key=form.cleaned_data["form_key"],
        publish="draft" not in request.POST,
        **form.values,
    )
    messages.success(request, _("“%(title)s” is in the year now.") % {"title": session.title})
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    form = SessionForm(posted(request), member=request.membership, instance=session)
    if request.method != "POST" or "preview" in request.POST:
        return render_form(request, form, session)
    if not form.is_valid():
        return render_form(request, form, session, status=422)

    planning.change_session(session=session, **form.values)
    messages.success(request, _("Saved."))
    return redirect(session)


def render_form(
    request: MemberRequest,
    form: SessionForm,
    session: LearningSession | None = None,
    status: int = 200,
) -> HttpResponse:
    if form.is_bound:
        form.is_valid()
        times = form.instants
    else:
        times = (session.starts_at, session.ends_at) if session else None
    context = {
        "form": form,
        "session": session,
        "zones": queries.times_by_zone(request.cohort, *times) if times else [],
    }
    return render(request, "sessions/session_form.html", context, status=status)


@facilitator_required
@require_POST
def session_publish(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    planning.publish_session(session=session)
    messages.success(request, _("Published: everybody it is for sees it now."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return render(request, "sessions/session_cancel.html", {"session": session})

    planning.cancel_session(session=session)
    messages.success(request, _("Called off. It stays in the year, and no reminder goes out."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_bring_back(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return render(request, "sessions/session_bring_back.html", {"session": session})

    planning.bring_back_session(session=session)
    messages.success(request, _("It takes place again, with the answers that were given."))
    return redirect(session)
