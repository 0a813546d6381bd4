"""A file was withdrawn, as the virus scanner found something in it: its owners and the facilitators
are told by mail, which nobody can switch off."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort import events
from cohort.events import Withdrawn
from cohort.models import Membership, Role
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery
from notifications.registry import Kind, Mail, Outcome, Skip
from notifications.rendering import render_mail

KIND = "files.withdrawn"


def tell(withdrawn: Withdrawn, found: str) -> None:
    """In the transaction that withdraws it."""
    members = Membership.objects.active().select_related("user", "cohort")
    facilitators = members.filter(cohort=withdrawn.cohort, role=Role.FACILITATOR)
    owners = members.filter(pk__in=[owner.pk for owner in withdrawn.owners])
    reach.tell(
        KIND,
        {member.pk: member for member in [*owners, *facilitators]}.values(),
        dedupe_key=f"withdrawn:{withdrawn.path}",
        params={
            "name": withdrawn.name,
            "place": withdrawn.place,
            "found": found[:100],
            "owners": [owner.pk for owner in owners],
        },
    )


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """No query: all there is to say was said when it went."""
    for delivery in deliveries:
        member = delivery.recipient
        is_own = member is not None and member.pk in delivery.params["owners"]
        if member is None or not (is_own or member.is_facilitator):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _mail(delivery, is_own=is_own)


def _mail(delivery: Delivery, *, is_own: bool) -> Mail:
    name = " ".join(delivery.params["name"].split())
    if is_own:
        why = _("You added this file.")
    else:
        why = _("You facilitate, and somebody added this file.")
    return render_mail(
        delivery,
        "mail/file_withdrawn",
        subject=_("A file was taken away: %(name)s") % {"name": name},
        why=why,
        context={**delivery.params, "is_own": is_own},
    )


def sample(delivery: Delivery) -> Mail:
    delivery.params = {
        "name": "minutes.docm",
        "place": _("Minutes of the steering committee"),
        "found": "Doc.Macro.Sample-1",
        "owners": [samples.reader_of(delivery).pk],
    }
    return _mail(delivery, is_own=True)


def register() -> None:
    events.on_file_withdrawn.append(tell)
    label = gettext_lazy("A file was taken away")
    registry.register_kind(Kind(KIND, label, compose, sample=sample))
