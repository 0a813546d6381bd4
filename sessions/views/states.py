"""Publishing, calling off, bringing back: what follows is said first, and a button does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, facilitator_required, require
from sessions import permissions, queries
from sessions.forms import CancelForm
from sessions.models import LearningSession
from sessions.services import planning
from sessions.views.fetching import posted, session_of


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_publish(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return _ask(request, session, "publish", warnings=_warnings(session))

    planning.publish_session(session=session)
    messages.success(request, _("Published: everybody it is for sees it now."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    form = CancelForm(posted(request))
    if not form.is_valid():
        return _ask(request, session, "cancel", form=form, status=422 if form.is_bound else 200)

    planning.cancel_session(session=session, **form.cleaned_data)
    messages.success(request, _("Called off. It stays in the year, and no reminder goes out."))
    return redirect(session)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_bring_back(request: MemberRequest, session_pk: int) -> HttpResponseBase:
    session = session_of(request, session_pk)
    require(permissions.can_plan(request.membership))
    if request.method != "POST":
        return _ask(request, session, "bring_back", warnings=_warnings(session))

    planning.bring_back_session(session=session)
    messages.success(request, _("It takes place again, with the answers that were given."))
    return redirect(session)


def _ask(
    request: MemberRequest, session: LearningSession, what: str, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"session": session, "echo": queries.echo_of(session)}
    return render(request, f"sessions/session_{what}.html", context, status=status)


def _warnings(session: LearningSession) -> list[str]:
    """What speaks against the time it has, by now."""
    return queries.clashes(
        queries.Span(
            cohort=session.cohort,
            zone=session.time_zone,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            audience=session.audience,
            team=session.team,
            session_pk=session.pk,
        )
    )
