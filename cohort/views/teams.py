"""Partnerships: who they are, why they exist, who is at the table."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.forms import OrganizationForm, TeamForm
from cohort.models import Membership, Team
from cohort.permissions import can_edit_team, can_manage_invitation
from cohort.queries import open_invitations, organizations_of, team_people, teams_for_list
from cohort.services import teams as services


@member_required
@require_safe
def team_list(request: MemberRequest) -> HttpResponse:
    teams = teams_for_list(request.membership)
    return render(request, "cohort/team_list.html", {"teams": teams})


@member_required
@require_safe
def team_detail(request: MemberRequest, team_slug: str) -> HttpResponse:
    team = _team(request, team_slug)
    may_edit = can_edit_team(request.membership, team)
    organizations = organizations_of(team)
    context = {
        "team": team,
        "people": team_people(team),
        "sectors": [
            (partners[0].get_sector_display(), partners)
            for _sector, group in groupby(organizations, key=lambda one: one.sector)
            if (partners := list(group))
        ],
        "may_edit": may_edit,
        "invitations": _manageable(request.membership, team) if may_edit else [],
    }
    return render(request, "cohort/team_detail.html", context)


def _manageable(member: Membership, team: Team) -> list[tuple[object, bool]]:
    return [
        (invitation, can_manage_invitation(member, invitation))
        for invitation in open_invitations(team)
    ]


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: MemberRequest, team_slug: str) -> HttpResponse:
    team = _team(request, team_slug)
    require(can_edit_team(request.membership, team))

    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        services.edit_team(team=team, by=request.membership, **form.cleaned_data)
        messages.success(request, _("The team's page is saved."))
        return redirect(team)
    return _render_edit(request, team, form, OrganizationForm())


@member_required
@require_POST
def organization_create(request: MemberRequest, team_slug: str) -> HttpResponse:
    team = _team(request, team_slug)
    require(can_edit_team(request.membership, team))

    form = OrganizationForm(request.POST)
    if not form.is_valid():
        return _render_edit(request, team, TeamForm(instance=team), form)
    services.add_organization(team=team, by=request.membership, **form.cleaned_data)
    messages.success(request, _("The organization is at the table."))
    return redirect("cohort:team_edit", request.cohort.slug, team.slug)


@member_required
@require_POST
def organization_removal(
    request: MemberRequest, team_slug: str, organization_pk: int
) -> HttpResponse:
    team = _team(request, team_slug)
    require(can_edit_team(request.membership, team))
    organization = get_object_or_404(team.organizations, pk=organization_pk)
    services.remove_organization(organization=organization, by=request.membership)
    messages.success(request, _("%(name)s is removed.") % {"name": organization.name})
    return redirect("cohort:team_edit", request.cohort.slug, team.slug)


def _team(request: MemberRequest, team_slug: str) -> Team:
    return get_object_or_404(
        request.cohort.teams.select_related("cohort"),
        slug=team_slug,
    )


def _render_edit(
    request: MemberRequest, team: Team, form: TeamForm, organization_form: OrganizationForm
) -> HttpResponse:
    context = {
        "team": Team.objects.select_related("cohort").get(pk=team.pk),
        "form": form,
        "organization_form": organization_form,
        "organizations": organizations_of(team),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/team_edit.html", context, status=status)
