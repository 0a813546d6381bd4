from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required, require
from resources import services
from resources.forms_collections import CollectionForm, NoteForm, PlacingForm
from resources.models import Collection, CollectionItem
from resources.permissions import can_arrange, can_feature, can_keep_lists
from resources.queries import collections as queries
from resources.views.fetching import collection_of, resource_of

FORM = ["GET", "HEAD", "POST"]


@member_required
@require_safe
def collection_list(request: MemberRequest) -> HttpResponse:
    found = list(queries.collections_of(request.membership))
    context = {
        "shared": [each for each in found if not each.is_private],
        "own": [each for each in found if each.is_private],
        "may_add": can_keep_lists(request.membership),
    }
    return render(request, "resources/collection_list.html", context)


@member_required
@require_http_methods(FORM)
def collection_create(request: MemberRequest) -> HttpResponse:
    require(can_keep_lists(request.membership))
    sent = request.POST if request.method == "POST" else None
    form = CollectionForm(sent, member=request.membership)
    if sent is not None and form.is_valid():
        try:
            collection = services.add_collection(
                owner=request.membership, **form.words, **form.for_whom
            )
        except services.Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            return redirect(collection)
    return _form_page(request, form)


def _form_page(
    request: MemberRequest, form: CollectionForm, collection: Collection | None = None
) -> HttpResponse:
    context = {"form": form, "collection": collection}
    status = 422 if form.errors else 200
    return render(request, "resources/collection_form.html", context, status=status)


@member_required
@require_safe
def collection_detail(request: MemberRequest, collection_pk: int) -> HttpResponse:
    collection = collection_of(request, collection_pk)
    context = {
        "collection": collection,
        "placings": queries.items_of(collection, request.membership),
        "may_arrange": can_arrange(request.membership, collection),
        "may_feature": can_feature(request.membership) and not collection.is_private,
    }
    return render(request, "resources/collection_detail.html", context)


@member_required
@require_http_methods(FORM)
def collection_edit(request: MemberRequest, collection_pk: int) -> HttpResponse:
    collection = _arranged(request, collection_pk)
    sent = request.POST if request.method == "POST" else None
    form = CollectionForm(sent, member=request.membership, collection=collection)
    if sent is None or not form.is_valid():
        return _form_page(request, form, collection)
    readers = form.for_whom
    readers.pop("is_private")
    services.edit_collection(collection=collection, **form.words, **readers)
    messages.success(request, _("Saved."))
    return redirect(collection)


@member_required
@require_http_methods(FORM)
def collection_removal(request: MemberRequest, collection_pk: int) -> HttpResponse:
    collection = _arranged(request, collection_pk)
    if request.method != "POST":
        return render(request, "resources/collection_removal.html", {"collection": collection})
    services.remove_collection(collection=collection, by=request.membership)
    messages.success(request, _("The list is gone; what stood in it is still in the library."))
    return redirect("resources:collection_list", request.cohort.slug)


@member_required
@require_POST
def collection_feature(request: MemberRequest, collection_pk: int) -> HttpResponse:
    words = _("It stands on top of the library.")
    return _feature(request, collection_pk, services.feature_collection, words)


@member_required
@require_POST
def collection_feature_removal(request: MemberRequest, collection_pk: int) -> HttpResponse:
    words = _("It no longer stands on top of the library.")
    return _feature(request, collection_pk, services.unfeature_collection, words)


def _feature(
    request: MemberRequest, collection_pk: int, do: Callable[..., None], words: str
) -> HttpResponse:
    collection = collection_of(request, collection_pk)
    require(can_feature(request.membership) and not collection.is_private)
    do(collection=collection, by=request.membership)
    messages.success(request, words)
    return redirect(collection)


# ---------------------------------------------------------------- what stands in it


@member_required
@require_http_methods(FORM)
def placing_edit(request: MemberRequest, resource_pk: int) -> HttpResponse:
    """In which lists a resource stands, from its own page."""
    member, resource = request.membership, resource_of(request, resource_pk)
    require(can_keep_lists(member))
    arranged = list(Collection.objects.arranged_by(member).in_order())
    placed = CollectionItem.objects.filter(resource=resource, collection__in=arranged)
    initial = {"lists": list(placed.values_list("collection", flat=True))}
    sent = request.POST if request.method == "POST" else None
    form = PlacingForm(sent, collections=arranged, initial=initial)
    if sent is not None and form.is_valid():
        try:
            _place(request, resource_pk, form)
        except services.Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            messages.success(request, _("Saved."))
            return redirect(resource)
    context = {"resource": resource, "form": form, "has_lists": bool(arranged)}
    status = 422 if form.errors else 200
    return render(request, "resources/placing_edit.html", context, status=status)


@transaction.atomic
def _place(request: MemberRequest, resource_pk: int, form: PlacingForm) -> None:
    chosen = set(form.cleaned_data["lists"])
    if title := form.cleaned_data["title"]:
        chosen.add(services.add_collection(owner=request.membership, title=title).pk)
    resource = resource_of(request, resource_pk)
    services.place_resource(resource=resource, member=request.membership, chosen=chosen)


@member_required
@require_POST
def item_shift(request: MemberRequest, collection_pk: int, item_pk: int) -> HttpResponse:
    item = _item(request, collection_pk, item_pk)
    is_up = request.POST.get("to") == "up"
    services.shift_item(item=item, member=request.membership, up=is_up)
    return redirect(f"{item.collection.get_absolute_url()}#item-{item.pk}")


@member_required
@require_http_methods(FORM)
def item_edit(request: MemberRequest, collection_pk: int, item_pk: int) -> HttpResponse:
    item = _item(request, collection_pk, item_pk)
    sent = request.POST if request.method == "POST" else None
    form = NoteForm(sent, initial={"note": item.note})
    if sent is None or not form.is_valid():
        context = {"item": item, "collection": item.collection, "form": form}
        status = 422 if form.errors else 200
        return render(request, "resources/item_edit.html", context, status=status)
    services.note_item(item=item, note=form.cleaned_data["note"])
    return redirect(f"{item.collection.get_absolute_url()}#item-{item.pk}")


@member_required
@require_POST
def item_removal(request: MemberRequest, collection_pk: int, item_pk: int) -> HttpResponse:
    item = _item(request, collection_pk, item_pk)
    services.take_out(item=item)
    messages.success(request, _("Taken out of the list."))
    return redirect(item.collection)


def _arranged(request: MemberRequest, collection_pk: int) -> Collection:
    """One that the member may change. Raises Http404, PermissionDenied."""
    collection = collection_of(request, collection_pk)
    require(can_arrange(request.membership, collection))
    return collection


def _item(request: MemberRequest, collection_pk: int, item_pk: int) -> CollectionItem:
    collection = _arranged(request, collection_pk)
    items = queries.items_seen(request.membership).select_related("resource__cohort")
    item = get_object_or_404(items, pk=item_pk, collection=collection)
    item.collection = collection
    return item
