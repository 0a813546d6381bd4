"""Asking for what one looks for, and answering with what there is."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort import audit
from cohort.models import Audience, Membership, Theme
from resources import request_news
from resources.models import RequestAnswer, Resource, ResourceRequest
from resources.services.refused import Refused


class TooManyRequests(Refused):
    reason = _("You have ten open requests. Close one that is answered first.")


class EnoughAnswers(Refused):
    reason = _("This request has been answered often enough.")


class RequestClosed(Refused):
    reason = _("The request was closed meanwhile: nothing more is looked for.")


@transaction.atomic
def ask_for(
    *,
    member: Membership,
    title: str,
    themes: Iterable[Theme],
    details: str = "",
    audience: str = Audience.COHORT,
    form_key: uuid.UUID | None = None,
) -> ResourceRequest:
    """Ask the cohort, or the facilitators, for something. Raises TooManyRequests.

    The same `form_key` twice gives the first request.
    """
    # Whoever counts waits for whoever asks.
    Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
    mine = ResourceRequest.objects.filter(asked_by=member)
    if form_key and (already := mine.filter(form_key=form_key).first()):
        return already
    if mine.open().count() >= ResourceRequest.MOST_OPEN:
        raise TooManyRequests
    asked = ResourceRequest.objects.create(
        cohort=member.cohort,
        asked_by=member,
        title=title,
        details=details,
        audience=audience,
        form_key=form_key,
    )
    asked.themes.set(themes)
    return asked


@transaction.atomic
def edit_request(
    *,
    asked: ResourceRequest,
    by: Membership,
    title: str,
    themes: Iterable[Theme],
    details: str = "",
) -> None:
    """Say better what is looked for. Raises RequestClosed."""
    opened = ResourceRequest.objects.open().filter(pk=asked.pk)
    if not opened.update(title=title, details=details):
        raise RequestClosed
    asked.themes.set(themes)
    _record("request.edited", asked, by)


@transaction.atomic
def answer_request(*, asked: ResourceRequest, resource: Resource, by: Membership) -> None:
    """Name a resource that answers it, and tell who asked; naming it twice is naming it once.

    Raises RequestClosed, EnoughAnswers.
    """
    asked = ResourceRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.pk)
    if not asked.is_open:
        raise RequestClosed
    if asked.answer_rows.count() >= ResourceRequest.MOST_ANSWERS:
        raise EnoughAnswers
    row, is_new = RequestAnswer.objects.get_or_create(
        request=asked, resource=resource, defaults={"by": by}
    )
    if is_new:
        request_news.tell_asker(row)


@transaction.atomic
def close_request(*, asked: ResourceRequest, by: Membership) -> None:
    """Say that nothing more is looked for."""
    opened = ResourceRequest.objects.open().filter(pk=asked.pk)
    if opened.update(closed_at=timezone.now()):
        _record("request.closed", asked, by)


@transaction.atomic
def reopen_request(*, asked: ResourceRequest, by: Membership) -> None:
    closed = ResourceRequest.objects.filter(pk=asked.pk, closed_at__isnull=False)
    if closed.update(closed_at=None):
        _record("request.reopened", asked, by)


@transaction.atomic
def remove_request(*, asked: ResourceRequest, by: Membership) -> None:
    """The question goes; what answered it stays in the library."""
    _record("request.removed", asked, by)
    ResourceRequest.objects.filter(pk=asked.pk).delete()


def _record(action: str, asked: ResourceRequest, by: Membership) -> None:
    """Of what one does for another."""
    if asked.asked_by_id != by.pk:
        audit.record(action, subject=asked.title, actor=by, cohort=by.cohort, request=asked.pk)
