"""Answering from a mail without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohort.limits import wait_before
from sessions import answering, permissions
from sessions.answering import Invited
from sessions.forms import AnswerForm
from sessions.models import RSVP
from sessions.services import answers

MOST_ANSWERS, WINDOW = 30, 600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the buttons of a mail: a GET asks, whoever follows links, and a POST answers.

    It tells no more of its reader than the mail did, and signs nobody in.
    """
    found = answering.by_token(token)
    if found is None:
        raise Http404
    wanted = request.GET.get("answer", "")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answer(request, found, form)
    context = {
        "wanted": wanted if wanted in RSVP.Answer else getattr(found.session, "my_answer", ""),
        "form": form,
    }
    return _page(request, found, status=422 if form.errors else 200, **context)


def _answer(request: HttpRequest, found: Invited, form: AnswerForm) -> HttpResponse:
    if wait_before(f"answers:{found.member.pk}", most=MOST_ANSWERS, seconds=WINDOW):
        return _page(request, found, status=429, form=form, is_too_often=True)
    try:
        rsvp = answers.answer(session=found.session, member=found.member, **form.cleaned_data)
    except answers.NotOpen:
        return _page(request, found, status=409, form=form)
    return _page(request, found, rsvp=rsvp, form=form, wanted=rsvp.answer)


def _page(
    request: HttpRequest, found: Invited, status: int = 200, **context: object
) -> HttpResponse:
    everything = {
        "session": found.session,
        "invited": found.member,
        "takes_answers": permissions.can_answer(found.member, found.session),
        "choices": RSVP.Answer.choices,
        **context,
    }
    with timezone.override(found.member.user.time_zone):
        response = render(request, "sessions/answer_link.html", everything, status=status)
    response["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": with it browsers send "Origin: null" with the form, which is refused.
    response["Referrer-Policy"] = "same-origin"
    return response
