"""Telling who wrote that their mail was not taken: rarely, and never a program."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import reach, reasons, registry
from notifications.inbound import mailboxes
from notifications.inbound.outcomes import OUTCOMES
from notifications.models import Delivery, InboundMail
from notifications.registry import Kind, Mail, Outcome, Skip
from notifications.rendering import render_mail

KIND = "notifications.answer_refused"
ONE_PER = timedelta(hours=24)


@transaction.atomic
def tell(mail: InboundMail, address: str, words: str) -> bool:
    """Tell an address why its mail was not taken, unless it was told something a day ago or less.

    Empty `words` are those of the reason. Never one of our own addresses.
    """
    if mailboxes.find(address) or not (words or OUTCOMES[mail.reason].notice):
        return False
    _one_at_a_time(address)
    since = timezone.now() - ONE_PER
    if InboundMail.objects.filter(sender=address, noticed_at__gte=since).exists():
        return False
    InboundMail.objects.filter(pk=mail.pk).update(noticed_at=timezone.now(), sender=address)
    reach.tell_address(
        KIND,
        address,
        cohort=None,
        dedupe_key=f"answer-refused:{mail.pk}",
        target_pk=mail.pk,
        params={"words": words},
    )
    return True


def _one_at_a_time(address: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [address])


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    mails = InboundMail.objects.in_bulk([d.target_pk for d in deliveries])
    for delivery in deliveries:
        mail = mails.get(delivery.target_pk or 0)
        yield delivery, _notice(delivery, mail) if mail else Skip(reasons.GONE)


def _notice(delivery: Delivery, mail: InboundMail) -> Mail:
    subject = mail.subject or _("(no subject)")
    rendered = render_mail(
        delivery,
        "mail/answer_refused",
        subject=_("Not posted: %(subject)s") % {"subject": subject},
        why=_("You get this because a mail from your address came to us. We tell you once a day."),
        sender="account",
        context={
            "answered_subject": subject,
            "reason": delivery.params["words"] or OUTCOMES[mail.reason].notice,
        },
    )
    # RFC 3834 §3: what answers a mail says so, answers that mail, and wants no answer itself.
    headers = {"Auto-Submitted": "auto-replied"}
    if mail.message_id:
        headers |= {"In-Reply-To": f"<{mail.message_id}>", "References": f"<{mail.message_id}>"}
    return replace(rendered, headers=headers)


def sample(delivery: Delivery) -> Mail:
    delivery.params = {"words": _("The discussion is closed, so nothing can be added to it.")}
    return _notice(delivery, InboundMail(subject=_("Re: Which employer do you ask first?")))


MAIL_KIND = Kind(KIND, gettext_lazy("An answer was not posted"), compose, sample=sample)


def register() -> None:
    registry.register_kind(MAIL_KIND)
