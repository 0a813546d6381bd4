"""The roster: who is in, who was asked, importing more, changing places, taking it away as CSV."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort import csvs
from cohort.access import MemberRequest, facilitator_required, require
from cohort.forms import PlaceForm, RosterForm
from cohort.models import Membership, RosterImport
from cohort.permissions import can_change_member, can_facilitate
from cohort.reauthentication import confirmed_lately
from cohort.rosters import COLUMNS, parse
from cohort.services import people, roster
from cohort.tables import UnreadableTable
from facilitation import queries, services
from facilitation.forms import RosterFilter
from notifications.addresses import suppressed


@facilitator_required
@require_safe
def roster_list(request: MemberRequest) -> HttpResponse:
    form = RosterFilter(request.GET, cohort=request.cohort)
    page, rows = queries.roster_page(
        request.membership, timezone.now(), form.chosen, request.GET.get("page")
    )
    context = {"form": form, "page": page, "rows": rows, "is_filtered": bool(form.chosen)}
    return render(request, "facilitation/roster.html", context)


@facilitator_required
@require_POST
@confirmed_lately
def roster_export(request: MemberRequest) -> HttpResponse:
    """What is filtered, as CSV. By POST: taking everybody's address away leaves an audit row."""
    form = RosterFilter(request.POST, cohort=request.cohort)
    header, rows = services.export_roster(by=request.membership, chosen=form.chosen)
    return csvs.download(f"roster-{request.cohort.slug}.csv", header, rows)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_import(request: MemberRequest) -> HttpResponse:
    require(can_facilitate(request.membership))
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = roster.keep(cohort=request.cohort, by=request.membership, content=form.content)
        except UnreadableTable as error:
            form.add_error(None, str(error))
        else:
            return redirect("facilitation:roster_import_detail", request.cohort.slug, kept.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "columns": COLUMNS}
    return render(request, "facilitation/roster_import.html", context, status=status)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_import_detail(request: MemberRequest, import_pk: int) -> HttpResponse:
    """What would happen, row by row; sending the form makes it happen."""
    require(can_facilitate(request.membership))
    kept = get_object_or_404(RosterImport, cohort=request.cohort, pk=import_pk)
    if request.method == "POST":
        outlook = roster.apply_kept(kept=kept, by=request.membership)
        if outlook is None:
            messages.info(request, _("This roster was imported already; nothing was done twice."))
        else:
            invited = len(outlook.new)
            words = ngettext(
                "%(n)d invitation is on its way.", "%(n)d invitations are on their way.", invited
            )
            messages.success(request, words % {"n": invited})
        return redirect("facilitation:roster_import_detail", request.cohort.slug, kept.pk)
    outlook = roster.foresee(request.cohort, parse(bytes(kept.content)))
    context = {"kept": kept, "outlook": outlook}
    return render(request, "facilitation/roster_import_detail.html", context)


@facilitator_required
@require_safe
def roster_import_refused(request: MemberRequest, import_pk: int) -> HttpResponse:
    """The refused rows as they came, each with its reasons, to be put right and sent again."""
    kept = get_object_or_404(RosterImport, cohort=request.cohort, pk=import_pk)
    outlook = roster.foresee(request.cohort, parse(bytes(kept.content)))
    rows = [
        [*(line.row.cells[name].strip() for name in COLUMNS), line.words]
        for line in outlook.refused
    ]
    return csvs.download("refused.csv", [*COLUMNS, "reasons"], rows)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def member_edit(request: MemberRequest, member_pk: int) -> HttpResponse:
    member = _member(request, member_pk)
    require(can_change_member(request.membership, member))
    initial = {
        "role": member.role,
        "team": member.team_id,
        "organization": member.organization_id,
    }
    form = PlaceForm(request.POST or None, cohort=request.cohort, initial=initial)
    if request.method == "POST" and form.is_valid():
        people.change_place(member=member, by=request.membership, **form.cleaned_data)
        messages.success(request, _("%(name)s is changed.") % {"name": member.user.name})
        return redirect("facilitation:member_edit", request.cohort.slug, member.pk)
    status = 422 if request.method == "POST" else 200
    stopped = suppressed([member.user.email]).get(member.user.email)
    context = {"person": member, "form": form, "stopped": stopped}
    return render(request, "facilitation/member_edit.html", context, status=status)


@facilitator_required
@require_POST
@confirmed_lately
def member_removal(request: MemberRequest, member_pk: int) -> HttpResponse:
    member = _member(request, member_pk)
    require(can_change_member(request.membership, member))
    people.remove_member(member=member, by=request.membership)
    messages.success(
        request, _("%(name)s is removed from the cohort.") % {"name": member.user.name}
    )
    return redirect("facilitation:member_edit", request.cohort.slug, member.pk)


@facilitator_required
@require_POST
@confirmed_lately
def member_restoration(request: MemberRequest, member_pk: int) -> HttpResponse:
    member = _member(request, member_pk)
    require(can_change_member(request.membership, member))
    people.restore_member(member=member, by=request.membership)
    messages.success(request, _("%(name)s is back.") % {"name": member.user.name})
    return redirect("facilitation:member_edit", request.cohort.slug, member.pk)


def _member(request: MemberRequest, member_pk: int) -> Membership:
    """Anybody of this cohort, those who were removed too: they can be brought back."""
    return get_object_or_404(
        Membership.objects.with_people().filter(cohort=request.cohort), pk=member_pk
    )
