"""Reports that our own mail did not arrive, or was called a nuisance: noted, if they are true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from cohort.addresses import canonical_address
from cohort.mails import heads
from cohort.mails.parts import bytes_of
from notifications.addresses import note_bounce
from notifications.composing import address_of
from notifications.inbound.letters import Letter
from notifications.models import Delivery

_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_MOST = 20


@dataclass(frozen=True)
class Report:
    address: str
    kind: str  # of Bounce.Kind
    detail: str


def is_report(letter: Letter) -> bool:
    """A delivery report (RFC 3464) or a complaint (RFC 5965)."""
    kind = letter.message.get_param("report-type", "")
    is_known = str(kind).lower() in ("delivery-status", "feedback-report")
    return letter.message.get_content_type() == "multipart/report" and is_known


def note(letter: Letter) -> int:
    """Note what a report says of mail that we sent; how many addresses it was.

    Anybody can make one up: it counts where it returns the Message-ID of a mail that went to that
    very address, which nobody else has seen.
    """
    delivery = _returned(letter)
    if delivery is None:
        return 0
    ours = canonical_address(address_of(delivery))
    found = [report for report in _reports(letter.message, ours) if report.address == ours]
    for report in found:
        note_bounce(report.address, report.kind, report.detail, event=delivery.message_id)
    return len(found)


def _returned(letter: Letter) -> Delivery | None:
    """The mail of ours that a report is about."""
    for part in _parts(letter.message):
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload()
            returned = (
                inner[0].as_bytes()
                if isinstance(inner, list) and isinstance(inner[0], Message)
                else bytes_of(part)
            )
            message_id = heads.message_id(heads.fields_of(heads.head_of(returned.lstrip())))
            found = Delivery.objects.filter(message_id=f"<{message_id}>")
            return found.select_related("recipient__user").first()
    return None


def _reports(message: Message, ours: str) -> Iterator[Report]:
    if str(message.get_param("report-type", "")).lower() == "feedback-report":
        # Who complains is often blacked out; the mail went to one address alone.
        yield Report(ours, "complaint", "")
        return
    for part in _parts(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            status = _STATUS.search(fields.get("status", ""))
            action = fields.get("action", "").strip().lower()
            address = fields.get("final-recipient", "").rpartition(";")[2].strip(" <>")
            if address and action in ("failed", "delayed"):
                is_hard = action == "failed" and status is not None and status[1] == "5"
                detail = fields.get("diagnostic-code", "") or fields.get("status", "")
                original = fields.get("original-recipient", "").rpartition(";")[2].strip(" <>")
                kind = "hard" if is_hard else "soft"
                for each in {canonical_address(address), canonical_address(original)}:
                    yield Report(each, kind, detail)


def _blocks(part: Message) -> Iterator[dict[str, str]]:
    payload = part.get_payload()
    for block in payload[:_MOST] if isinstance(payload, list) else []:
        if isinstance(block, Message):
            yield {name.lower(): str(value) for name, value in block.items()}


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return (
        [each for each in payload[:_MOST] if isinstance(each, Message)]
        if isinstance(payload, list)
        else []
    )
