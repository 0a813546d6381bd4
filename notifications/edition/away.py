"""The one word to those who have been away for long: their editions rest until they are back."""

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.edition.readers import AWAY_AFTER
from notifications.models import Delivery
from notifications.registry import Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail

CAME_BACK = "came-back"


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    for delivery in deliveries:
        member = delivery.recipient
        here_at = member.last_seen_at if member else None
        if here_at is None or here_at > timezone.now() - AWAY_AFTER:
            yield delivery, Skip(CAME_BACK)
        else:
            yield delivery, write(delivery)


def write(delivery: Delivery) -> Mail:
    cohort = delivery.cohort
    assert cohort is not None  # noqa: S101 (an edition is always a cohort's)
    return render_mail(
        delivery,
        "mail/edition_paused",
        subject=_("Your mails from %(cohort)s rest") % {"cohort": cohort.name},
        preheader=_("They begin again by themselves when you come by."),
        why=_("You get this once, because you have not been here for three months."),
        sender="digest",
        context={"home_url": absolute(cohort.get_absolute_url())},
    )
