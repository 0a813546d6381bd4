"""The secret of the unsubscribe links: says whose and which topic, and opens nothing else."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from cohort.models import Membership
from notifications import registry, reply_addresses
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


# Mail programs keep no letter's case, and 64 characters before the @ (RFC 5321 §4.5.3.1.1): the
# token of an address is a member's key and a hash that only one topic's name fits.
MAIL_TOKEN = re.compile(r"(?P<member>\d{1,18})-(?P<mac>[0-9a-f]{32})")


def ways_for(member_pk: int, topic: str) -> list[str]:
    """How a mail program unsubscribes: by a page, and where mail comes in by a mail as well."""
    page = url_for(member_pk, topic)
    if not reply_addresses.is_configured():
        return [page]
    address = reply_addresses.address_for("unsubscribe", mail_token_for(member_pk, topic))
    return [page, f"mailto:{address}?subject=unsubscribe"]


def mail_token_for(member_pk: int, topic: str) -> str:
    return f"{member_pk}-{_mac(member_pk, topic, settings.SECRET_KEY)}"


def by_mail_token(token: str) -> Subscription | None:
    """Whom and what a mail to `unsubscribe+<token>@` is about; None for a forged one."""
    found = MAIL_TOKEN.fullmatch(token)
    if found is None:
        return None
    member_pk = int(found["member"])
    name = next((name for name in registry.topics if _fits(member_pk, name, found["mac"])), None)
    member = Membership.objects.select_related("cohort", "user").filter(pk=member_pk).first()
    return Subscription(member, registry.topics[name]) if member and name else None


def _fits(member_pk: int, topic: str, mac: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_mac(member_pk, topic, key), mac) for key in keys)


def _mac(member_pk: int, topic: str, key: str) -> str:
    value = f"{member_pk}:{topic}"
    mac = salted_hmac("notifications.unsubscribe.mail", value, secret=key, algorithm="sha256")
    return mac.hexdigest()[:32]
