"""A worker's part: take one mail after the other, judge it, and write down what became of it."""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from notifications.inbound import notices
from notifications.inbound.gates import Ruling, judge, whom_to_tell
from notifications.inbound.letters import Letter
from notifications.inbound.outcomes import OUTCOMES
from notifications.models import InboundMail

logger = logging.getLogger(__name__)
AT_ONCE = 50
MOST_ATTEMPTS = 5
# A worker that takes longer over one is taken for dead; then, or after an error, it is tried again.
LEASE = timedelta(minutes=5)


def work_off_due() -> int:
    """All that waits, the oldest first, up to a round's worth; how many."""
    due = InboundMail.objects.waiting().filter(not_before__lte=timezone.now())
    return sum(work_off(pk) for pk in due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def work_off(mail_pk: int) -> bool:
    """Judge one mail, if nobody else does; whether it was ours to judge."""
    now = timezone.now()
    mine = InboundMail.objects.waiting().filter(pk=mail_pk, not_before__lte=now)
    if not mine.update(not_before=now + LEASE, attempts=F("attempts") + 1):
        return False
    mail = InboundMail.objects.select_related("member__cohort", "member__user").get(pk=mail_pk)
    try:
        with mail.raw.open("rb") as file:
            letter = Letter(file.read())
        ruling = judge(mail, letter)
    except Exception:  # mails are made up in every way: none may stop the others
        logger.exception("Mail %s could not be taken in", mail.pk)
        if mail.attempts >= MOST_ATTEMPTS:
            _settle(mail, Ruling("failed"))
        return True
    _settle(mail, ruling)
    if mail.state == InboundMail.State.REFUSED and (address := whom_to_tell(mail, letter)):
        notices.tell(mail, address, str(ruling.words))
    return True


def _settle(mail: InboundMail, ruling: Ruling) -> None:
    mail.reason = ruling.reason
    mail.state = OUTCOMES[ruling.reason].state
    mail.settled_at = timezone.now()
    mail.url = ruling.url[:200]
    mail.save(
        update_fields=["reason", "state", "settled_at", "url", "member", "cohort", "handler",
                       "target_pk", "elided", "notes"]
    )  # fmt: skip
    logger.info("Mail %s: %s (%s)", mail.pk, mail.state, mail.reason)
