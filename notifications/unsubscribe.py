"""The secret of the unsubscribe links: says whose and which topic, and opens nothing else."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cohort.models import Membership
from notifications import registry
from notifications.registry import Topic

# "." stands in neither half, and survives every mail program's idea of where a link ends.
_signer = signing.Signer(sep=".", salt="notifications.unsubscribe")


@dataclass(frozen=True)
class Subscription:
    """One member and one topic."""

    member: Membership
    topic: Topic

    @property
    def masked_address(self) -> str:
        """Enough to know one's own by, and too little for whom the mail was forwarded to."""
        return masked(self.member.user.email)


def masked(address: str) -> str:
    local, _at, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"


def token_for(member_pk: int, topic: str) -> str:
    return _signer.sign_object([member_pk, topic], compress=False)


def by_token(token: str) -> Subscription | None:
    """Whom and what a link is about, also for those who have left; None for a forged one."""
    try:
        found: Any = _signer.unsign_object(token)
        member_pk, name = found
    except (signing.BadSignature, ValueError, TypeError):
        return None
    topic = registry.topics.get(name)
    member = Membership.objects.select_related("cohort", "user").filter(pk=member_pk).first()
    return Subscription(member, topic) if member and topic else None


def url_for(member_pk: int, topic: str) -> str:
    """The address for the List-Unsubscribe header and the foot of a mail."""
    path = reverse("notifications:unsubscribe", args=[token_for(member_pk, topic)])
    return f"{settings.BASE_URL}{path}"
