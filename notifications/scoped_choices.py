"""The secret of the link at the foot of mails: it opens one member's choices, nothing else."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cohort.models import Membership

_signer = signing.Signer(sep=".", salt="notifications.choices")


def token_for(member_pk: int) -> str:
    return _signer.sign_object([member_pk], compress=False)


def member_by_token(token: str) -> Membership | None:
    """Whose choices a link opens; None for a forged one, and for whoever is not there any more."""
    try:
        [member_pk] = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    here = Membership.objects.active().filter(cohort__archived_at=None)
    return here.select_related("cohort", "user").filter(pk=member_pk).first()


def url_for(member_pk: int) -> str:
    """The whole address, for the foot of a mail."""
    path = reverse("notifications:scoped_choices", args=[token_for(member_pk)])
    return f"{settings.BASE_URL}{path}"
