"""Who we are to push services: one key pair (VAPID, RFC 8292), made once and kept."""

import base64
import time
from functools import lru_cache
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# A token may hold for a day at most (RFC 8292 §2).
HOLDS = 12 * 60 * 60


def is_on() -> bool:
    """Whether this installation sends to devices: it does once it has a key."""
    return bool(settings.VAPID_PRIVATE_KEY)


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Base64url with or without its end. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def new_private_key() -> str:
    """A key for the setting VAPID_PRIVATE_KEY."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def public_key() -> str:
    """What browsers subscribe with: the point, uncompressed, base64url."""
    point = _private(settings.VAPID_PRIVATE_KEY).public_key()
    return encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(endpoint: str) -> str:
    """The header that says to a push service who posts (RFC 8292 §3)."""
    parts = urlsplit(endpoint)
    # One token serves a service for a while: signing each anew would cost more than the post.
    hour = int(time.time()) // 3600
    token = _token(settings.VAPID_PRIVATE_KEY, f"{parts.scheme}://{parts.netloc}", hour)
    return f"vapid t={token}, k={public_key()}"


@lru_cache(maxsize=64)
def _token(key: str, audience: str, hour: int) -> str:
    claims = {
        "aud": audience,
        "exp": hour * 3600 + HOLDS,
        "sub": f"mailto:{settings.SUPPORT_EMAIL}",
    }
    return jwt.encode(claims, _private(key), algorithm="ES256")


@lru_cache(maxsize=4)
def _private(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(key), "big"), ec.SECP256R1())
