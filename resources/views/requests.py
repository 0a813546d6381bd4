from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from cohort.models import Membership
from notifications import seeing
from resources import request_news, services
from resources.forms_requests import RequestForm
from resources.models import Resource
from resources.permissions import can_answer, can_ask, can_close, can_edit_request
from resources.queries import matching_resources
from resources.queries import requests as queries
from resources.queries.lines import Line
from resources.views.answering import name_answers
from resources.views.fetching import request_of, resource_of

MOST_OFFERED = 8


@member_required
@require_safe
def request_list(request: MemberRequest) -> HttpResponse:
    asked = queries.requests_of(request.membership)
    page = Paginator(asked, queries.MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_ask": can_ask(request.membership)}
    return render(request, "resources/request_list.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_create(request: MemberRequest) -> HttpResponse:
    """`?title=` says what was looked for in vain."""
    require(can_ask(request.membership))
    sent = request.POST if request.method == "POST" else None
    initial = {"title": request.GET.get("title", "")[:140]}
    form = RequestForm(sent, member=request.membership, initial=initial)
    if sent is not None and form.is_valid():
        try:
            asked = services.ask_for(member=request.membership, **form.cleaned_data)
        except services.Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            messages.success(request, _("Asked. You hear of it when somebody has it."))
            return redirect(asked)
    status = 422 if form.errors else 200
    return render(request, "resources/request_create.html", {"form": form}, status=status)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: MemberRequest, request_pk: int) -> HttpResponse:
    member, asked = request.membership, request_of(request, request_pk)
    require(can_edit_request(member, asked))
    sent = request.POST if request.method == "POST" else None
    form = RequestForm(sent, member=member, asked=asked)
    if sent is not None and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("title", "details", "themes")}
        try:
            services.edit_request(asked=asked, by=member, **said)
        except services.Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            messages.success(request, _("Saved."))
            return redirect(asked)
    status = 422 if form.errors else 200
    context = {"form": form, "asked": asked}
    return render(request, "resources/request_edit.html", context, status=status)


@member_required
@require_safe
def request_detail(request: MemberRequest, request_pk: int) -> HttpResponse:
    """`?find=` offers what the library has of these words, to answer with."""
    member, asked = request.membership, request_of(request, request_pk)
    seeing.saw(request, request_news.group_of(asked.pk))
    may_answer = can_answer(member, asked)
    words = request.GET.get("find", "")[:200] if may_answer else ""
    answers = queries.answers_to(asked, member)
    context = {
        "asked": asked,
        "answers": answers,
        "is_own": asked.asked_by_id == member.pk,
        "words": words,
        "found": _offered(member, words, answers),
        "may_answer": may_answer,
        "may_close": can_close(member, asked),
        "may_edit": can_edit_request(member, asked),
    }
    return render(request, "resources/request_detail.html", context)


def _offered(member: Membership, words: str, answers: list[Line]) -> list[Resource]:
    """What the library has of these words and is no answer yet."""
    found = matching_resources(member, words).exclude(pk__in=[each.pk for each in answers])
    return list(found.select_related("cohort", "added_by__user")[:MOST_OFFERED])


@member_required
@require_POST
def answer_create(request: MemberRequest, request_pk: int, resource_pk: int) -> HttpResponse:
    asked = request_of(request, request_pk)
    require(can_answer(request.membership, asked))
    resource = resource_of(request, resource_pk)
    messages.info(request, name_answers(asked, [resource], request.membership))
    return redirect(asked)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_removal(request: MemberRequest, request_pk: int) -> HttpResponse:
    asked = request_of(request, request_pk)
    require(can_close(request.membership, asked))
    if request.method != "POST":
        return render(request, "resources/request_removal.html", {"asked": asked})
    services.remove_request(asked=asked, by=request.membership)
    messages.success(request, _("The request is gone; what answered it stays in the library."))
    return redirect("resources:request_list", request.cohort.slug)


@member_required
@require_POST
def request_closing(request: MemberRequest, request_pk: int) -> HttpResponse:
    return _close(request, request_pk, services.close_request, _("Closed."))


@member_required
@require_POST
def request_closing_removal(request: MemberRequest, request_pk: int) -> HttpResponse:
    return _close(request, request_pk, services.reopen_request, _("It is open again."))


def _close(
    request: MemberRequest, request_pk: int, do: Callable[..., None], words: str
) -> HttpResponse:
    asked = request_of(request, request_pk)
    require(can_close(request.membership, asked))
    do(asked=asked, by=request.membership)
    messages.success(request, words)
    return redirect(asked)
