"""The outbox, the bell, what comes in, and the choices that govern them.

Features are known only by name.
"""

from notifications.models.addresses import Bounce, Suppression
from notifications.models.choices import Choices, Rhythm
from notifications.models.deliveries import (
    Delivery,
    DeliveryQuerySet,
    Tally,
    new_message_id,
)
from notifications.models.devices import PushSubscription
from notifications.models.entries import Entry, EntryQuerySet
from notifications.models.inbound import InboundMail, InboundMailQuerySet, ReplyAddress
from notifications.models.notes import EditionNote
from notifications.models.watch import Allowance, Heartbeat, Outage
from notifications.models.ways import Way

__all__ = [
    "Allowance",
    "Bounce",
    "Choices",
    "Delivery",
    "DeliveryQuerySet",
    "EditionNote",
    "Entry",
    "EntryQuerySet",
    "Heartbeat",
    "InboundMail",
    "InboundMailQuerySet",
    "Outage",
    "PushSubscription",
    "ReplyAddress",
    "Rhythm",
    "Suppression",
    "Tally",
    "Way",
    "new_message_id",
]
