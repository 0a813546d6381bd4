"""Mail to the invited: the invitation itself, and two nudges while it waits for an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort import events
from cohort.models import Invitation, Role
from cohort.templatetags.cohort import when_text
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery
from notifications.registry import Kind, Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail

KIND = "cohort.invitation"
NUDGES = (3, 10)  # days after it was sent
# A nudge that could not go out for so long is left out.
NUDGE_LATE = timedelta(days=2)

SETTLED = {
    Invitation.Status.ACCEPTED: gettext_lazy("The invitation was accepted"),
    Invitation.Status.REVOKED: gettext_lazy("The invitation was revoked"),
    Invitation.Status.EXPIRED: gettext_lazy("The invitation had expired"),
}


def invitation_issued(invitation: Invitation) -> None:
    """Mail an invitation, in the transaction that makes or resends it."""
    _enqueue(invitation, nudge=0)


def plan_nudges(now: datetime) -> int:
    """Remind those who have not answered on the third and the tenth day."""
    return sum(_plan_nudge(days, now) for days in NUDGES)


def _plan_nudge(days: int, now: datetime) -> int:
    age = timedelta(days=days)
    waiting = Invitation.objects.open().filter(
        expires_at__gt=now,
        sent_at__lte=now - age,
        sent_at__gt=now - age - NUDGE_LATE,
        cohort__archived_at=None,
    )
    keys = {_key(invitation, days): invitation for invitation in waiting.select_related("cohort")}
    known = Delivery.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return sum(_enqueue(keys[key], nudge=days) for key in keys.keys() - set(known))


def _key(invitation: Invitation, nudge: int) -> str:
    key = f"invitation:{invitation.pk}:{invitation.resent}"
    return f"{key}:nudge:{nudge}" if nudge else key


def _enqueue(invitation: Invitation, nudge: int) -> int:
    return reach.tell_address(
        KIND,
        invitation.email,
        cohort=invitation.cohort,
        dedupe_key=_key(invitation, nudge),
        target_pk=invitation.pk,
        params={"nudge": nudge, "resent": invitation.resent},
        expires_at=invitation.expires_at,
    )


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    pks = [delivery.target_pk for delivery in deliveries]
    invitations = Invitation.objects.select_related(
        "cohort", "team", "organization", "invited_by__user"
    ).in_bulk(pks)
    for delivery in deliveries:
        yield delivery, _outcome(delivery, invitations.get(delivery.target_pk))


def _outcome(delivery: Delivery, invitation: Invitation | None) -> Outcome:
    if invitation is None:
        return Skip(reasons.GONE)
    if invitation.status in SETTLED:
        return Skip(str(SETTLED[invitation.status]))
    if invitation.resent != delivery.params["resent"]:
        return Skip(_("The invitation was sent anew"))
    return _mail(delivery, invitation)


def _mail(delivery: Delivery, invitation: Invitation) -> Mail:
    nudge = delivery.params["nudge"]
    zone = invitation.time_zone or invitation.cohort.time_zone
    inviter = invitation.invited_by.user.name if invitation.invited_by else ""
    ends = when_text(invitation.expires_at, "date", ZoneInfo(zone))
    return render_mail(
        delivery,
        "mail/invitation",
        subject=_subject(invitation, inviter, nudge, ends),
        preheader=_("Open until %s. Nothing happens unless you accept.") % ends,
        why=_why(invitation, inviter, ends),
        author=inviter,
        sender="account",
        zone=zone,
        context={
            "invitation": invitation,
            "inviter": inviter,
            "first_name": invitation.name.split(" ", 1)[0],
            "nudge": nudge,
            "is_last": nudge == NUDGES[-1],
            "ends": ends,
            "invitation_url": absolute(invitation.get_absolute_url()),
        },
    )


def _why(invitation: Invitation, inviter: str, ends: str) -> str:
    who = inviter or invitation.cohort.name
    why = _("You get this because %(who)s gave us %(address)s as your address.")
    if_not = _(
        "Not for you? Then do nothing: nobody is signed up without accepting, and the invitation "
        "ends by itself on %(ends)s. To hear no more of it, write to the address below."
    )
    return f"{why % {'who': who, 'address': invitation.email}} {if_not % {'ends': ends}}"


def _subject(invitation: Invitation, inviter: str, nudge: int, ends: str) -> str:
    names: dict[str, Any] = {"inviter": inviter, "cohort": invitation.cohort.name, "ends": ends}
    if nudge == NUDGES[-1]:
        return _("Your invitation to %(cohort)s is open until %(ends)s") % names
    if nudge:
        return _("Still waiting for you: your invitation to %(cohort)s") % names
    if inviter:
        return _("%(inviter)s invites you to %(cohort)s") % names
    return _("You are invited to %(cohort)s") % names


def sample(delivery: Delivery) -> Mail:
    inviter = samples.person("Fay Moreno", role=Role.FACILITATOR)
    invitation = Invitation(
        cohort=inviter.cohort,
        email=samples.ADDRESS,
        name="Ana Ruiz",
        team=samples.team(),
        invited_by=inviter,
    )
    delivery.params = {"nudge": 0, "resent": 0}
    return _mail(delivery, invitation)


MAIL_KIND = Kind(KIND, gettext_lazy("Invitation"), compose, sample=sample, resend_uncertain=True)


def register() -> None:
    registry.register_kind(MAIL_KIND)
    registry.register_planner(plan_nudges)
    events.on_invitation_issued.append(invitation_issued)
