"""The bell's page, and calling its lines read or new again."""

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cohort.access import MemberRequest, member_required
from notifications import bell, seeing
from notifications.bell_page import Filters, bell_page, topic_choices
from notifications.models import Entry


@member_required
@require_safe
def bell_list(request: MemberRequest) -> HttpResponse:
    filters = Filters.asked(request.GET)
    listed = bell_page(request.membership, filters, request.GET.get("page"))
    seeing.forget_count(request)
    context = {
        "listed": listed,
        "filters": filters,
        "topics": topic_choices(),
        # What comes while the page stands open stays new when it is all called read.
        "until": timezone.now().isoformat(),
        "undo": request.GET.get("undo", "") if _moment(request.GET.get("undo")) else "",
        "back": _back(request.GET),
        "nav_section": "bell",
    }
    return render(request, "notifications/bell_list.html", context)


@member_required
@require_POST
def bell_reading(request: MemberRequest) -> HttpResponse:
    """All lines are read, or those of a topic: what stood there when the page was opened."""
    until = _moment(request.POST.get("until")) or timezone.now()
    lines = Filters.asked({"topic": request.POST.get("topic", "")}).of(
        bell.entries_of(request.membership)
    )
    moment = bell.mark_read(request.membership, lines.filter(at__lte=until))
    return _to_the_bell(request, undo=moment.isoformat())


@member_required
@require_POST
def bell_reading_removal(request: MemberRequest) -> HttpResponse:
    """What was called read at one moment is new again."""
    if moment := _moment(request.POST.get("moment")):
        lines = bell.entries_of(request.membership).filter(read_at=moment)
        bell.mark_unread(request.membership, lines)
    return _to_the_bell(request)


@member_required
@require_POST
def entry_reading(request: MemberRequest, entry_pk: int) -> HttpResponse:
    entry = _own(request, entry_pk)
    bell.mark_read(request.membership, Entry.objects.filter(pk=entry.pk))
    return _to_the_bell(request)


@member_required
@require_POST
def entry_reading_removal(request: MemberRequest, entry_pk: int) -> HttpResponse:
    entry = _own(request, entry_pk)
    bell.mark_unread(request.membership, Entry.objects.filter(pk=entry.pk))
    return _to_the_bell(request)


def _own(request: MemberRequest, entry_pk: int) -> Entry:
    return get_object_or_404(bell.entries_of(request.membership), pk=entry_pk)


def _moment(words: str | None) -> datetime | None:
    try:
        moment = parse_datetime(words or "")
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _back(values: QueryDict) -> str:
    """What the page was asked for, to be asked again."""
    asked = {name: values.get(name, "") for name in ("topic", "unread", "page")}
    return urlencode({name: value for name, value in asked.items() if value})


def _to_the_bell(request: MemberRequest, undo: str = "") -> HttpResponse:
    values = QueryDict(request.POST.get("back", "")[:200])
    kept = _back(values)
    if undo:
        kept = "&".join(filter(None, (kept, urlencode({"undo": undo}))))
    response = redirect("notifications:bell_list", request.cohort.slug)
    if kept:
        response["Location"] += f"?{kept}"
    return response
