"""Who is asking: the one way in for every request inside a cohort."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from cohort.models import Cohort, Membership, User

P = ParamSpec("P")
# A visit ends when nothing was asked for this long.
VISIT_ENDS_AFTER = timedelta(minutes=30)
NOTE_VISITS_EVERY = timedelta(minutes=5)


class MemberRequest(HttpRequest):
    """A request inside a cohort, as `member_required` hands it on."""

    membership: Membership
    cohort: Cohort


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]


def find_membership(user_pk: int | None, cohort_slug: str) -> Membership | None:
    """The active membership of a user in a cohort, with both of them loaded, or None."""
    if user_pk is None:
        return None
    return (
        Membership.objects.active()
        .select_related("cohort", "user", "team", "organization")
        .filter(cohort__slug=cohort_slug, user_id=user_pk)
        .first()
    )


def member_required(view: MemberView[P]) -> View[P]:
    """Give the view its membership and cohort; to a stranger the cohort does not exist.

    Whoever has not agreed to the cohort's norms yet is led to the welcome page first.
    """

    @wraps(view)
    def with_norms(request: MemberRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.membership.has_agreed:
            return redirect("home:welcome", request.cohort.slug)
        return view(request, *args, **kwargs)

    return arriving_member(with_norms)


def arriving_member(view: MemberView[P]) -> View[P]:
    """Like `member_required`, also before the norms are agreed to: for the welcome itself."""

    @wraps(view)
    def wrapper(
        request: MemberRequest, cohort_slug: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        request.membership = get_object_or_404(
            Membership.objects.active().select_related("cohort"),
            cohort__slug=cohort_slug,
            user=request.user,
        )
        request.membership.user = signed_in_user(request)
        request.cohort = request.membership.cohort
        note_visit(request.membership, timezone.now())
        return view(request, *args, **kwargs)

    return wrapper  # type: ignore[return-value]


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """To signing in, and from there back to the page; of a form, to the page that it stood on."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return redirect_to_login(resolve_url(settings.LOGIN_REDIRECT_URL))
    return redirect_to_login(urlunsplit(urlsplit(page)._replace(scheme="", netloc="")))


def signed_in_user(request: HttpRequest) -> User:
    """Whose request it is, loaded once: the user itself instead of what stands in for it."""
    user = request.user
    return cast("User", getattr(user, "_wrapped", user))


def facilitator_required(view: MemberView[P]) -> View[P]:
    """For the console: members without the role get 403."""

    @wraps(view)
    def wrapper(request: MemberRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(request.membership.is_facilitator)
        return view(request, *args, **kwargs)

    return member_required(wrapper)


def require(allowed: bool) -> None:
    """Raise PermissionDenied (403) unless allowed."""
    if not allowed:
        raise PermissionDenied


def note_visit(member: Membership, now: datetime) -> None:
    """Keep when the member was last here, and where the visit before this one ended."""
    last = member.last_seen_at
    if last and now - last < NOTE_VISITS_EVERY:
        return
    fields: dict[str, object] = {"last_seen_at": now}
    if last and now - last > VISIT_ENDS_AFTER:
        fields["previous_visit_at"] = F("last_seen_at")
        member.previous_visit_at = last
    Membership.objects.filter(pk=member.pk).update(**fields)
    member.last_seen_at = now
