"""One post to one device's push service, and what its answer means."""

import json
import os
from dataclasses import dataclass
from enum import Enum

import http_ece
import requests
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.models import PushSubscription
from notifications.push import keys

# Seconds to connect, and to answer.
TIMEOUT = (3.05, 10)
RECORD = 4_096


class Answer(Enum):
    TAKEN = "taken"
    GONE = "gone"  # nobody is there any more
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Post:
    """What goes to a device: the words, and how the push service is to treat them."""

    payload: dict[str, str]
    seconds: int  # how long it is worth keeping for a device that is off
    urgency: str  # RFC 8030 §5.3
    topic: str  # RFC 8030 §5.4: replaces what waits there with the same


def post_to(device: PushSubscription, post: Post, session: requests.Session) -> tuple[Answer, str]:
    """Encrypt it for a device and post it; says what came of it, and the service's own words."""
    try:
        response = session.post(
            device.endpoint,
            data=encrypted(device, json.dumps(post.payload).encode()),
            headers={
                "Authorization": keys.authorization(device.endpoint),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(post.seconds),
                "Urgency": post.urgency,
                "Topic": post.topic,
            },
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        )
    except requests.RequestException as error:
        return Answer.LATER, type(error).__name__
    response.close()
    return _answer(response.status_code), f"{response.status_code} {response.reason}"


def _answer(status: int) -> Answer:
    if 200 <= status < 300:
        return Answer.TAKEN
    if status in (404, 410):
        return Answer.GONE
    return Answer.LATER if status == 429 or status >= 500 else Answer.REFUSED


def encrypted(device: PushSubscription, words: bytes) -> bytes:
    """RFC 8291: nobody but that browser reads it, least of all its maker's push service."""
    return bytes(
        http_ece.encrypt(
            words,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=keys.decode(device.p256dh),
            auth_secret=keys.decode(device.auth),
            version="aes128gcm",
            rs=RECORD,
        )
    )
