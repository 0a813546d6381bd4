"""Resources that answer what somebody asked for."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cohort.access import MemberRequest
from cohort.models import Membership
from resources import services
from resources.models import Resource, ResourceRequest
from resources.views.fetching import requests_seen


def asked_for(request: MemberRequest) -> ResourceRequest | None:
    """What a new resource is to answer, by `answers`; None where the member sees no such request.

    That it is still open is looked at when the answer is given.
    """
    key = request.POST.get("answers") or request.GET.get("answers", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return requests_seen(request).filter(pk=key).first()


def about_the_same(asked: ResourceRequest) -> dict[str, Any]:
    """What the form for an answer begins with: its themes."""
    return {"themes": list(asked.themes.values_list("pk", flat=True))}


def name_answers(asked: ResourceRequest, named: Iterable[Resource], by: Membership) -> str:
    """Answer with these, as far as that goes: what to tell whoever did."""
    try:
        for resource in named:
            services.answer_request(asked=asked, resource=resource, by=by)
    except services.Refused as refused:
        return str(refused.reason)
    asker = asked.asked_by
    if asker and not all(resource.is_visible_to(asker) for resource in named):
        return _("Thank you. Whoever asked cannot see it, though: it is not for the whole cohort.")
    return _("Thank you. Whoever asked hears of it.")
