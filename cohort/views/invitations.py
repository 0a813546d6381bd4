"""Asking people in, and the page an invitation's link opens.

A GET shows and never accepts: mail scanners open every link.
"""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.forms import InvitationForm
from cohort.models import Invitation, User
from cohort.permissions import can_invite, can_manage_invitation
from cohort.services import invitations as services


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: MemberRequest) -> HttpResponse:
    require(can_invite(request.membership))
    asked = request.GET.get("team", "")
    team = next((team for team in request.cohort.teams.all() if team.slug == asked), None)
    form = InvitationForm(request.POST or None, by=request.membership, initial={"team": team})
    if request.method == "POST" and form.is_valid():
        try:
            invitation = services.invite(
                cohort=request.cohort, by=request.membership, **form.cleaned_data
            )
        except services.AlreadyMember:
            form.add_error("email", _("Somebody with this address is in the cohort already."))
        except services.AlreadyInvited:
            form.add_error(
                "email", _("This address has an open invitation. You can resend that one.")
            )
        else:
            messages.success(
                request,
                _("An invitation is on its way to %(address)s.") % {"address": invitation.email},
            )
            return redirect(_back(request))
    context = {"form": form, "back": _back(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/invitation_create.html", context, status=status)


@member_required
@require_POST
def invitation_resend(request: MemberRequest, invitation_pk: int) -> HttpResponse:
    invitation = get_object_or_404(request.cohort.invitations, pk=invitation_pk)
    require(can_manage_invitation(request.membership, invitation))
    try:
        services.resend(invitation=invitation, by=request.membership)
    except services.Unusable:
        messages.error(request, _("This invitation was accepted or revoked meanwhile."))
    else:
        messages.success(
            request,
            _("The invitation to %(address)s goes out again.") % {"address": invitation.email},
        )
    return redirect(_back(request))


@member_required
@require_POST
def invitation_revoke(request: MemberRequest, invitation_pk: int) -> HttpResponse:
    invitation = get_object_or_404(request.cohort.invitations, pk=invitation_pk)
    require(can_manage_invitation(request.membership, invitation))
    try:
        services.revoke(invitation=invitation, by=request.membership)
    except services.Unusable:
        messages.error(
            request, _("%(address)s has accepted already.") % {"address": invitation.email}
        )
    else:
        messages.success(
            request, _("The invitation to %(address)s is revoked.") % {"address": invitation.email}
        )
    return redirect(_back(request))


def _back(request: MemberRequest) -> str:
    """Where the person came from, if that is here; otherwise their team, or the people."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        asked, {request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    if request.membership.team:
        return reverse(
            "cohort:team_detail", args=[request.cohort.slug, request.membership.team.slug]
        )
    return reverse("cohort:people", args=[request.cohort.slug])


@never_cache
@require_safe
def invitation_detail(request: HttpRequest, token: str) -> HttpResponse:
    return _show(request, _invitation(token))


@never_cache
@require_POST
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _invitation(token)
    user = request.user if request.user.is_authenticated else None
    try:
        membership = services.accept(invitation=invitation, user=user)
    except (services.Unusable, services.SignInFirst, services.AnotherAddress):
        # The page itself says what is the matter, as things stand now.
        return _show(request, _invitation(token), status=409)
    inside = reverse("home:home", args=[membership.cohort.slug])
    return _sign_in(request, membership.user, inside) if user is None else redirect(inside)


def _invitation(token: str) -> Invitation:
    invitation = Invitation.by_token(token)
    if invitation is None:
        raise Http404
    return invitation


def _show(request: HttpRequest, invitation: Invitation, status: int = 200) -> HttpResponse:
    user = request.user
    signed_in = user if user.is_authenticated else None
    context = {
        "invitation": invitation,
        "is_mine": signed_in is not None and services.holds(signed_in, invitation.email),
        "must_sign_in": signed_in is None and services.account_of(invitation.email) is not None,
        "here": reverse("cohort:invitation_detail", args=[invitation.token]),
    }
    return render(request, "cohort/invitation_detail.html", context, status=status)


def _sign_in(request: HttpRequest, user: User, then: str) -> HttpResponse:
    """Open a fresh session for an account that was made this moment."""
    request.session.flush()
    record_authentication(request, user, method="invitation", email=user.email)
    return perform_login(request, Login(user=user, email=user.email, redirect_url=then))
