"""Every mail there is, with invented people and words."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, facilitator_required
from facilitation.account_samples import account_samples
from notifications.mail_frame import LOOKS, looked_at
from notifications.samples import Sample, all_samples


@facilitator_required
@require_safe
def mail_list(request: MemberRequest) -> HttpResponse:
    return render(request, "facilitation/mail_list.html", {"samples": _samples()})


@facilitator_required
@require_safe
def mail_detail(request: MemberRequest, sample: str) -> HttpResponse:
    look = request.GET.get("look", "")
    context = {"sample": _find(sample), "look": look if look in LOOKS else LOOKS[0]}
    return render(request, "facilitation/mail_detail.html", context)


@facilitator_required
@require_safe
@xframe_options_sameorigin
def mail_frame(request: MemberRequest, sample: str) -> HttpResponse:
    """The mail alone, for the frame."""
    return looked_at(_find(sample).mail, request.GET.get("look", ""))


def _samples() -> list[Sample]:
    return [*all_samples(), *account_samples()]


def _find(slug: str) -> Sample:
    for sample in _samples():
        if sample.slug == slug:
            return sample
    raise Http404
