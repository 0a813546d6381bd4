from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort import csvs
from cohort.access import MemberRequest, member_required, require
from notifications import seeing
from resources import services, trial_asks
from resources.forms_trials import AskingForm, ReportForm, TrialFilter, TrialForm
from resources.models import Trial
from resources.permissions import can_report, can_steer, can_try
from resources.queries import trials as queries
from resources.views.fetching import resource_of

FORM = ["GET", "HEAD", "POST"]
MOST_EXPORTED = 5_000


@member_required
@require_http_methods(FORM)
def trial_create(request: MemberRequest, resource_pk: int) -> HttpResponse:
    resource = resource_of(request, resource_pk)
    require(can_try(request.membership))
    form = TrialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.start_trial(resource=resource, member=request.membership, **form.cleaned_data)
        messages.success(request, _("Good luck! We ask what came of it in a while."))
        return redirect(f"{resource.get_absolute_url()}#trials")
    days = queries.days_until_asked(request.cohort)
    context = {"resource": resource, "form": form, "days": days}
    return render(
        request, "resources/trial_create.html", context, status=422 if form.errors else 200
    )


@member_required
@require_http_methods(FORM)
def trial_report(request: MemberRequest, resource_pk: int, trial_pk: int) -> HttpResponse:
    trial = _own(request, resource_pk, trial_pk)
    initial = {"outcome": trial.outcome, "report": trial.report}
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if services.report_trial(trial=trial, member=request.membership, **data):
            messages.success(request, _("Thank you. Others read it with the resource."))
        else:
            messages.error(request, _("The trial was withdrawn meanwhile."))
        return redirect(f"{trial.resource.get_absolute_url()}#trials")
    seeing.saw(request, trial_asks.group_of(trial.pk))
    context = {"trial": trial, "resource": trial.resource, "form": form}
    return render(
        request, "resources/trial_report.html", context, status=422 if form.errors else 200
    )


@member_required
@require_http_methods(FORM)
def trial_removal(request: MemberRequest, resource_pk: int, trial_pk: int) -> HttpResponse:
    trial = _own(request, resource_pk, trial_pk)
    if request.method != "POST":
        context = {"trial": trial, "resource": trial.resource}
        return render(request, "resources/trial_removal.html", context)
    services.withdraw_trial(trial=trial)
    messages.success(request, _("Withdrawn."))
    return redirect(f"{trial.resource.get_absolute_url()}#trials")


def _own(request: MemberRequest, resource_pk: int, trial_pk: int) -> Trial:
    """A trial of the member's own team. Raises Http404, PermissionDenied."""
    trials = Trial.objects.visible_to(request.membership)
    trials = trials.select_related("team", "resource__cohort")
    trial = get_object_or_404(trials, pk=trial_pk, resource=resource_pk)
    require(can_report(request.membership, trial))
    return trial


@member_required
@require_safe
def trial_list(request: MemberRequest) -> HttpResponse:
    form = TrialFilter(request.GET, member=request.membership)
    trials = queries.what_came_of_it(request.membership, **form.chosen)
    page = Paginator(trials, queries.MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    return _list_page(request, form, page=page)


def _list_page(
    request: MemberRequest, form: TrialFilter, *, status: int = 200, **more: object
) -> HttpResponse:
    steers = can_steer(request.membership)
    days = queries.days_until_asked(request.cohort) if steers else 0
    context = {"form": form, "asking": AskingForm(initial={"days": days}) if steers else None}
    return render(request, "resources/trial_list.html", {**context, **more}, status=status)


@member_required
@require_safe
def trial_export(request: MemberRequest) -> HttpResponse:
    """The same as a table, of what the member sees."""
    form = TrialFilter(request.GET, member=request.membership)
    trials = queries.what_came_of_it(request.membership, **form.chosen)[:MOST_EXPORTED]
    header = [
        _("Resource"), _("From"), _("Tried by"), _("Since"), _("Plan"), _("Result"), _("Report"),
        _("Reported"), _("Reported by"),
    ]  # fmt: skip
    return csvs.download(f"trials-{request.cohort.slug}.csv", header, map(_cells, trials))


def _cells(trial: Trial) -> list[object]:
    adder = trial.resource.added_by
    return [
        trial.resource.title,
        adder.team or adder if adder else "",
        trial.team.name,
        trial.started_at.date().isoformat(),
        trial.plan,
        trial.get_outcome_display(),
        trial.report,
        trial.reported_at.date().isoformat() if trial.reported_at else "",
        trial.reported_by or "",
    ]


@member_required
@require_http_methods(["POST"])
def trial_asking(request: MemberRequest) -> HttpResponse:
    require(can_steer(request.membership))
    form = AskingForm(request.POST)
    if form.is_valid():
        services.ask_after(
            cohort=request.cohort, days=form.cleaned_data["days"], by=request.membership
        )
        messages.success(request, _("Saved."))
        return redirect("resources:trial_list", request.cohort.slug)
    trials = queries.what_came_of_it(request.membership)
    page = Paginator(trials, queries.MOST_ON_A_PAGE).get_page(1)
    narrowing = TrialFilter({}, member=request.membership)
    return _list_page(request, narrowing, page=page, asking=form, status=422)
