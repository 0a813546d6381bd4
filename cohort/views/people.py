"""The people of a cohort, their profiles and photos, and one's own."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from cohort.access import MemberRequest, member_required
from cohort.forms import PeopleFilter, ProfileForm
from cohort.models import Membership, User
from cohort.permissions import can_change_member, can_see_address
from cohort.queries import latest_membership, search_people
from cohort.services import people as services

PAGE = 30


@member_required
@require_safe
def people(request: MemberRequest) -> HttpResponse:
    form = PeopleFilter(request.GET, cohort=request.cohort)
    found = search_people(
        Membership.objects.visible_to(request.membership).with_people().by_name(), **form.chosen
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_filtered": bool(form.chosen)}
    return render(request, "cohort/people.html", context)


@member_required
@require_safe
def person_detail(request: MemberRequest, member_pk: int) -> HttpResponse:
    person = get_object_or_404(
        Membership.objects.visible_to(request.membership).with_people(), pk=member_pk
    )
    context = {
        "person": person,
        "now": timezone.now(),
        "shows_address": can_see_address(request.membership, person),
        "is_me": person.user_id == request.user.pk,
        "can_change": can_change_member(request.membership, person),
    }
    return render(request, "cohort/person_detail.html", context)


def _photo_of(request: HttpRequest, user_pk: int) -> User:
    """Photos are for people who share a cohort; to everybody else there is none."""
    me = cast("User", request.user)
    if user_pk != me.pk:
        mine = Membership.objects.active().filter(user=me).values("cohort")
        get_object_or_404(User.objects.filter(memberships__cohort__in=mine).distinct(), pk=user_pk)
    return get_object_or_404(User.objects.exclude(photo=""), pk=user_pk)


def _photo_tag(request: HttpRequest, user_pk: int) -> str:
    return f'"{str(_photo_of(request, user_pk).photo.name).rpartition("/")[2]}"'


@login_required
@require_safe
@condition(etag_func=_photo_tag)
def photo(request: HttpRequest, user_pk: int) -> HttpResponseBase:
    try:
        file = _photo_of(request, user_pk).photo.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp", filename="photo.webp")
    patch_cache_control(response, private=True, max_age=600)
    return response


def _myself(request: HttpRequest) -> User:
    """A row of its own: what is typed into an invalid form must not show as the reader's name."""
    return User.objects.get(pk=cast("User", request.user).pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    user = _myself(request)
    # The rail leads back to the cohort they came from.
    request.membership = latest_membership(user.pk)  # type: ignore[attr-defined]
    form = ProfileForm(request.POST or None, request.FILES or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.save_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("cohort:profile_edit")
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/profile_edit.html", {"form": form}, status=status)


@login_required
@require_POST
def photo_removal(request: HttpRequest) -> HttpResponse:
    services.remove_photo(user=_myself(request))
    messages.success(request, _("Your photo is removed."))
    return redirect("cohort:profile_edit")
