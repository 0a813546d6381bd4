"""The outbox, the bell, and the choices that govern them. Features are known only by name."""

from notifications.models.addresses import Suppression
from notifications.models.choices import Choices, Rhythm
from notifications.models.deliveries import Delivery, DeliveryQuerySet, new_message_id
from notifications.models.entries import Entry, EntryQuerySet
from notifications.models.watch import Heartbeat, Outage
from notifications.models.ways import Way

__all__ = [
    "Choices",
    "Delivery",
    "DeliveryQuerySet",
    "Entry",
    "EntryQuerySet",
    "Heartbeat",
    "Outage",
    "Rhythm",
    "Suppression",
    "Way",
    "new_message_id",
]
