"""Devices: a browser that asks to be told, and what of its words is believed."""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.models import Membership, User
from cohort.sockets import Visitor, still_signed_in
from notifications.models import PushSubscription
from notifications.push import keys
from notifications.push.keys import decode

AUTH_BYTES = 16
# Who signs in again within this time need not ask again to be told.
FORGOTTEN_AFTER = timedelta(days=30)


class NotTaken(Exception):
    """A subscription that is not kept; its words are for whoever asked."""


@transaction.atomic
def subscribe(
    user: User, *, name: str, endpoint: str, p256dh: str, auth: str, session_key: str
) -> PushSubscription:
    """Keep a browser of a person's, or what it says anew. Raises NotTaken.

    A browser where somebody else signs in is theirs from then on.
    """
    if not (is_known_service(endpoint) and _are_keys(p256dh, auth)):
        raise NotTaken(_("This browser’s push service is not one that we send to."))
    User.objects.select_for_update().get(pk=user.pk)
    others = PushSubscription.objects.filter(user=user).exclude(endpoint=endpoint)
    if others.count() >= PushSubscription.MOST:
        raise NotTaken(_("You have as many devices as can be. Please remove one first."))
    # Not the name that its owner gave it.
    known = PushSubscription.objects.filter(user=user, endpoint=endpoint).first()
    subscription, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "user": user,
            "name": known.name if known else name[: PushSubscription.LONGEST_NAME],
            "p256dh": p256dh,
            "auth": auth,
            "session_key": session_key,
            "session_hash": user.get_session_auth_hash(),
            "renewed_at": timezone.now(),
        },
    )
    return subscription


def renew(user: User, *, endpoint: str, session_key: str) -> bool:
    """A device of a person's is signed in anew; one that they removed stays removed."""
    mine = PushSubscription.objects.filter(user=user, endpoint=endpoint)
    session_hash = user.get_session_auth_hash()
    return bool(
        mine.update(session_key=session_key, session_hash=session_hash, renewed_at=timezone.now())
    )


def is_known_service(endpoint: str) -> bool:
    """Whether an address is at one of the public push services that the settings name.

    A browser gives it to us, and we post there: it must not be a way into somebody's network.
    """
    if len(endpoint) > PushSubscription.LONGEST_ENDPOINT or not endpoint.isascii():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if endpoint != parts.geturl() or any(sign.isspace() or sign == "\\" for sign in endpoint):
        return False
    return any(_fits(parts.scheme, host, port, known) for known in settings.PUSH_SERVICES)


def _fits(scheme: str, host: str, port: int | None, known: str) -> bool:
    """`known` is an origin; `https://*.example.org` stands for every host below it."""
    origin = urlsplit(known)
    if (scheme, port) != (origin.scheme, origin.port):
        return False
    name = origin.hostname or ""
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _are_keys(p256dh: str, auth: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(p256dh))
        return len(decode(auth)) == AUTH_BYTES
    except ValueError:
        return False


def with_devices(members: Collection[Membership]) -> list[Membership]:
    """Those of the members who have a device at all, in one query."""
    if not (keys.is_on() and members):
        return []
    having = Membership.objects.filter(
        pk__in=[member.pk for member in members], user__push_subscriptions__isnull=False
    )
    pks = set(having.values_list("pk", flat=True))
    return [member for member in members if member.pk in pks]


def signed_in_devices(user_pks: Collection[int]) -> dict[int, list[PushSubscription]]:
    """The devices of these people that are signed in; those long signed out are forgotten."""
    devices = list(PushSubscription.objects.filter(user__in=user_pks).order_by("pk"))
    visitors = {d.pk: Visitor(d.user_id, d.session_key, d.session_hash) for d in devices}
    here = still_signed_in(set(visitors.values()))
    away = [device for device in devices if visitors[device.pk] not in here]
    long_ago = timezone.now() - FORGOTTEN_AFTER
    if gone := [device.pk for device in away if device.renewed_at < long_ago]:
        PushSubscription.objects.filter(pk__in=gone).delete()
    found: dict[int, list[PushSubscription]] = {pk: [] for pk in user_pks}
    for device in devices:
        if visitors[device.pk] in here:
            found[device.user_id].append(device)
    return found
