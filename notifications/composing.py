"""The last look before sending: may and does this person still want it, and what does it say."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from cohort.models import Membership
from notifications import reasons, registry, reply_addresses, wishes
from notifications.models import Choices, Delivery, Suppression, Way
from notifications.postbox import Deferred
from notifications.registry import Kind, Mail, Outcome, Skip

logger = logging.getLogger(__name__)
Composed = tuple[Delivery, Outcome | Deferred]


def compose(deliveries: Sequence[Delivery]) -> list[Composed]:
    """What to do with each of a batch, in its order, with queries per kind and not per reader."""
    by_kind = defaultdict(list)
    for delivery in deliveries:
        by_kind[delivery.kind].append(delivery)
    outcomes: dict[int, Outcome | Deferred] = {
        delivery.pk: outcome
        for kind, group in by_kind.items()
        for delivery, outcome in _compose_kind(registry.kinds.get(kind), group)
    }
    mails = [(d, mail) for d in deliveries if isinstance(mail := outcomes[d.pk], Mail)]
    outcomes |= reply_addresses.put_into(mails)
    return [(delivery, outcomes[delivery.pk]) for delivery in deliveries]


def _compose_kind(kind: Kind | None, group: list[Delivery]) -> Iterable[Composed]:
    if kind is None:
        # Written by a newer release: a worker of that release will know it.
        return [(delivery, Deferred(reasons.UNKNOWN_KIND)) for delivery in group]
    refused = refusals(kind, group)
    wanted = [delivery for delivery in group if delivery.pk not in refused]
    return [
        *((delivery, Skip(refused[delivery.pk])) for delivery in group if delivery.pk in refused),
        *_ask(kind, wanted),
    ]


def refusals(kind: Kind, group: list[Delivery]) -> dict[int, str]:
    """What speaks against sending, by delivery: all that is the same for every kind."""
    choices = wishes.of_members(d.recipient_id for d in group if d.recipient_id)
    suppressed = set(
        Suppression.objects.filter(
            address__in={address_of(delivery) for delivery in group}
        ).values_list("address", flat=True)
    )
    found = {
        delivery.pk: _refusal(kind, delivery, choices.get(delivery.recipient_id or 0), suppressed)
        for delivery in group
    }
    return {pk: reason for pk, reason in found.items() if reason}


def _refusal(kind: Kind, delivery: Delivery, choices: Choices | None, suppressed: set[str]) -> str:
    member = delivery.recipient
    if member and not member.is_active:
        return reasons.LEFT
    if delivery.cohort and delivery.cohort.is_archived:
        return reasons.ARCHIVED
    if member and kind.topic and not member.has_agreed:
        return reasons.NOT_WELCOMED
    if not wishes.wants(choices, kind.topic, Way(delivery.way)):
        return reasons.SWITCHED_OFF
    if member and kind.topic and choices and choices.is_paused_on(_today(member)):
        return reasons.PAUSED
    if delivery.way == Way.MAIL and address_of(delivery) in suppressed:
        return reasons.SUPPRESSED
    if delivery.expires_at and delivery.expires_at <= timezone.now():
        return reasons.LATE
    return ""


def _today(member: Membership) -> date:
    return timezone.localdate(timezone=ZoneInfo(member.user.time_zone))


def _ask(kind: Kind, group: list[Delivery]) -> list[Composed]:
    """The composer's answers. If it fails on a batch, only those it fails on must wait."""
    if not group:
        return []
    try:
        return _answers(kind, group)
    except Exception:
        if len(group) == 1:
            logger.exception("Could not compose %s %s", kind.name, group[0].pk)
            return [(group[0], Deferred(reasons.NOT_COMPOSED))]
        return [answer for delivery in group for answer in _ask(kind, [delivery])]


def _answers(kind: Kind, group: list[Delivery]) -> list[Composed]:
    answers: dict[int, Mail | Skip] = {d.pk: outcome for d, outcome in kind.compose(group)}
    return [(delivery, answers[delivery.pk]) for delivery in group]


def address_of(delivery: Delivery) -> str:
    return delivery.recipient.user.email if delivery.recipient else delivery.address
