"""Where members answer by mail: an address of their own for each thing they are mailed about.

Its token is an HMAC of the row's random nonce with the secret key, so that every later mail can
carry it, and the database, which keeps its hash, does not tell it. Of `SECRET_KEY_FALLBACKS` old
tokens stay good; once a key is gone, so are they.
"""

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cohort import audit
from cohort.models import Membership
from cohort.models.feed_keys import digest_of
from notifications.models import Delivery, ReplyAddress
from notifications.registry import Mail

TOKEN = re.compile(r"[0-9a-f]{32}")
# Noting that an address was mailed once a day is enough.
NOTED_EVERY = timedelta(days=1)
# Whose, of which handler, about which thing.
Place = tuple[int, str, int]


def is_configured() -> bool:
    """Whether mail can be answered at all."""
    return bool(settings.REPLY_DOMAIN)


def address_for(mailbox: str, token: str) -> str:
    """`reply+<token>@reply.example.org`, as the settings have it."""
    return f"{mailbox}{settings.REPLY_SEPARATOR}{token}@{settings.REPLY_DOMAIN}"


def put_into(mails: Collection[tuple[Delivery, Mail]]) -> dict[int, Mail]:
    """The mails that can be answered, by delivery, with where to; queries do not grow with them."""
    answerable = {
        delivery.pk: ((delivery.recipient_id, *mail.answers), mail)
        for delivery, mail in mails
        if mail.answers and delivery.recipient_id
    }
    addresses = addresses_of({place for place, _mail in answerable.values()})
    return {
        pk: replace(mail, reply_to=addresses[place])
        for pk, (place, mail) in answerable.items()
        if place in addresses
    }


def addresses_of(places: Collection[Place]) -> dict[Place, str]:
    """The address of each place, made where there is none yet; none where nothing comes in."""
    if not places or not is_configured():
        return {}
    rows = _standing(places)
    if missing := set(places) - rows.keys():
        _revoke_expired(missing)
        made = [_new(place) for place in sorted(missing)]
        ReplyAddress.objects.bulk_create(made, ignore_conflicts=True)
        rows |= _standing(missing)
    _keep(rows.values())
    key = settings.SECRET_KEY
    return {place: address_for("reply", _token(row.nonce, key)) for place, row in rows.items()}


def find(digest: str) -> ReplyAddress | None:
    """The row of a token by its hash, whether it still stands or not."""
    rows = ReplyAddress.objects.select_related("member__user", "member__cohort", "member__team")
    return rows.filter(digest=digest).first()


def stands(row: ReplyAddress) -> bool:
    """Whether it was not revoked, mailed lately, and made with a key that is still ours."""
    if row.revoked_at or row.expires_at <= timezone.now():
        return False
    keys = [key for key in _keys() if _fingerprint(key) == row.key]
    return any(constant_time_compare(digest_of(_token(row.nonce, key)), row.digest) for key in keys)


def revoke_all(*, member: Membership, by: Membership | None = None) -> int:
    """End all addresses of a member; the next mails carry new ones. Says how many ended."""
    standing = ReplyAddress.objects.filter(member=member, revoked_at=None)
    count = standing.update(revoked_at=timezone.now())
    if count and by:
        audit.record("reply_addresses.revoked", subject=member.user, actor=by, cohort=by.cohort)
    return count


def access_changed(member: Membership) -> None:
    """Whoever left answers nothing any more, also once they are back, but with a new mail."""
    if not member.is_active:
        revoke_all(member=member)


def sweep() -> None:
    """Delete what has not been mailed, or was revoked, for twice as long as it is good."""
    ReplyAddress.objects.filter(expires_at__lt=timezone.now() - ReplyAddress.KEPT).delete()


def _standing(places: Collection[Place]) -> dict[Place, ReplyAddress]:
    rows = ReplyAddress.objects.filter(
        member__in={place[0] for place in places},
        handler__in={place[1] for place in places},
        target_pk__in={place[2] for place in places},
        key=_fingerprint(settings.SECRET_KEY),
        revoked_at=None,
        expires_at__gt=timezone.now(),
    )
    found = {(row.member_id, row.handler, row.target_pk): row for row in rows}
    return {place: found[place] for place in places if place in found}


def _revoke_expired(places: Collection[Place]) -> None:
    now = timezone.now()
    ReplyAddress.objects.filter(
        member__in={place[0] for place in places}, revoked_at=None, expires_at__lte=now
    ).update(revoked_at=now)


def _new(place: Place) -> ReplyAddress:
    member_pk, handler, target_pk = place
    nonce = secrets.token_hex(16)
    return ReplyAddress(
        member_id=member_pk,
        handler=handler,
        target_pk=target_pk,
        nonce=nonce,
        key=_fingerprint(settings.SECRET_KEY),
        digest=digest_of(_token(nonce, settings.SECRET_KEY)),
        expires_at=timezone.now() + ReplyAddress.KEPT,
    )


def _keep(rows: Iterable[ReplyAddress]) -> None:
    until = timezone.now() + ReplyAddress.KEPT
    stale = [row.pk for row in rows if row.expires_at < until - NOTED_EVERY]
    if stale:
        ReplyAddress.objects.filter(pk__in=stale).update(expires_at=until)


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _token(nonce: str, key: str) -> str:
    """128 bits as 32 hexadecimal digits: mail programs keep no letter's case."""
    mac = salted_hmac("notifications.reply_addresses", nonce, secret=key, algorithm="sha256")
    return mac.hexdigest()[:32]


def _fingerprint(key: str) -> str:
    mac = salted_hmac("notifications.reply_addresses.key", "", secret=key, algorithm="sha256")
    return mac.hexdigest()[:16]
