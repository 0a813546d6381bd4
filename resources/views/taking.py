"""Taking the library along, in part or as a whole."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort import audit
from cohort.access import MemberRequest, member_required
from cohort.reauthentication import confirmed_lately
from resources.models import Resource
from resources.queries import weight_of
from resources.queries.collections import items_of
from resources.taking import zip_answer
from resources.views.fetching import collection_of

MOST_CHOSEN = 500


@member_required
@require_safe
def selection_zip(request: MemberRequest) -> HttpResponseBase:
    """What was ticked in the list, by `r`. What one may not see is as if it were not named."""
    named = request.GET.getlist("r")[:MOST_CHOSEN]
    keys = [int(text) for text in named if text.isascii() and text.isdigit() and len(text) < 19]
    chosen = Resource.objects.visible_to(request.membership).filter(pk__in=keys)
    if not chosen.exists():
        messages.info(request, _("Tick what you want to take along, then try again."))
        return redirect("resources:resource_list", request.cohort.slug)
    return zip_answer(request, chosen, title=_("From the library of %s") % request.cohort)


@member_required
@require_safe
def collection_zip(request: MemberRequest, collection_pk: int) -> HttpResponseBase:
    """A list in its order, with the words on why each stands in it."""
    collection = collection_of(request, collection_pk)
    notes = {item.resource_id: item.note for item in items_of(collection, request.membership)}
    if not notes:
        messages.info(request, _("There is nothing in it to take along yet."))
        return redirect(collection)
    return zip_answer(request, notes, title=collection.title, notes=notes)


@member_required
@require_safe
@confirmed_lately
def library_take(request: MemberRequest) -> HttpResponse:
    """How much all of it is, and the button that fetches it."""
    weight = weight_of(Resource.objects.visible_to(request.membership))
    return render(request, "resources/library_take.html", {"weight": weight})


@member_required
@require_POST
@confirmed_lately
def library_zip(request: MemberRequest) -> HttpResponseBase:
    """All that the member may see. By POST, as it leaves an audit row."""
    everything = Resource.objects.visible_to(request.membership)
    answer = zip_answer(request, everything, title=_("Library of %s") % request.cohort)
    if answer.status_code == 200:
        audit.record(
            "library.exported", subject=request.cohort, actor=request.membership,
            cohort=request.cohort, resources=everything.count(),
        )  # fmt: skip
    return answer
