from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page may show: the site, and inside a cohort the reader's membership."""
    membership = getattr(request, "membership", None)
    return {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "demo": settings.DEMO,
        "membership": membership,
        "cohort": membership.cohort if membership else None,
    }
