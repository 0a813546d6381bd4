"""What a mail provider reports, through django-anymail's webhooks, of mails it took."""

import re
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking

from notifications import addresses, reasons
from notifications.models import Bounce

Kind = Bounce.Kind
_REFUSED = {
    RejectReason.BOUNCED: Kind.HARD,
    RejectReason.INVALID: Kind.HARD,
    RejectReason.SPAM: Kind.COMPLAINT,
}
# A provider may call "bounced" what was refused for now alone (RFC 3463 §2: class 4).
_FOR_NOW = re.compile(r"(?:^|[\s:;])4(?:\d\d(?=[\s-])|\.\d{1,3}\.\d{1,3})")


def listen() -> None:
    tracking.connect(note_event, dispatch_uid="notifications.tracking")


def note_event(event: AnymailTrackingEvent, esp_name: str, **_signal: Any) -> None:
    """Count what came back or annoyed somebody; once, however often it is reported."""
    kind, words, message_id = _kind(event), _words(event), str(event.message_id or "")
    if kind and event.recipient:
        addresses.note_bounce(
            event.recipient, kind, words, event=_name(event, esp_name), message_id=message_id
        )
    elif event.event_type in (EventType.REJECTED, EventType.FAILED) and message_id:
        addresses.note_undelivered(message_id, words, reasons.REJECTED)


def _kind(event: AnymailTrackingEvent) -> str | None:
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.DEFERRED:
        return Kind.SOFT
    if event.event_type == EventType.BOUNCED:
        return Kind.SOFT if _is_for_now(event) else Kind.HARD
    if event.event_type == EventType.REJECTED:
        return _REFUSED.get(event.reject_reason)
    return None


def _is_for_now(event: AnymailTrackingEvent) -> bool:
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    return raw.get("Type") == "SoftBounce" or bool(_FOR_NOW.search(event.mta_response or ""))


def _words(event: AnymailTrackingEvent) -> str:
    return str(event.mta_response or event.description or event.reject_reason or event.event_type)


def _name(event: AnymailTrackingEvent, provider: str) -> str:
    """One name for one event; made of what it tells where the provider gives it none."""
    told = event.event_id or f"{event.message_id}:{event.event_type}:{event.timestamp}"
    return f"{provider}:{told}:{event.recipient}"
