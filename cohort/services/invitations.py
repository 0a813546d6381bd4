"""Asking people in: invite, resend, revoke, accept."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from cohort import audit, events, live
from cohort.addresses import canonical_address
from cohort.models import Cohort, Invitation, Membership, Organization, Role, Team, User
from cohort.models.invitations import default_expiry

# A second click is not a second mail.
RESEND_AFTER = timedelta(minutes=1)


class AlreadyMember(Exception):
    """The address belongs to somebody who is in the cohort."""


class AlreadyInvited(Exception):
    """An invitation to the address is out already."""

    def __init__(self, invitation: Invitation) -> None:
        self.invitation = invitation
        super().__init__(str(invitation))


class Unusable(Exception):
    """The invitation was accepted, revoked or has expired; nothing happened."""


class SignInFirst(Exception):
    """The address has an account: only whoever signs in to it may accept."""


class AnotherAddress(Exception):
    """Somebody else is signed in; an invitation is for its own address alone."""


def holds(user: User, address: str) -> bool:
    """Whether the address is the user's own: the one they sign in with, or a verified one."""
    return (
        user.email == address
        or user.emailaddress_set.filter(  # type: ignore[attr-defined]
            email=address, verified=True
        ).exists()
    )


def account_of(address: str) -> User | None:
    """Whose address it is, verified second addresses included."""
    address = canonical_address(address)
    user = User.objects.filter(email=address).first()
    if user:
        return user
    known = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    return known.user if known else None


@transaction.atomic
def invite(
    *,
    cohort: Cohort,
    email: str,
    by: Membership | None,
    role: str = Role.MEMBER,
    team: Team | None = None,
    organization: Organization | None = None,
    name: str = "",
    title: str = "",
    time_zone: str = "",
) -> Invitation:
    """Ask one address into the cohort. `by` is None for the command line.

    Raises AlreadyMember, or AlreadyInvited while another invitation to the address is open.
    """
    account = account_of(email)
    if account and cohort.memberships.filter(user=account, left_at=None).exists():
        raise AlreadyMember(email)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                cohort=cohort,
                email=email,
                role=role,
                team=team if role in (Role.MEMBER, Role.TEAM_LEAD) else None,
                organization=organization,
                name=name,
                title=title,
                time_zone=time_zone,
                invited_by=by,
            )
    except IntegrityError:
        open_one = cohort.invitations.get(
            email=canonical_address(email), accepted_at=None, revoked_at=None
        )
        raise AlreadyInvited(open_one) from None
    audit.record(
        "invitation.issued", subject=invitation.email, actor=by, cohort=cohort, role=str(role)
    )
    events.invitation_issued(invitation)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: Membership) -> Invitation:
    """Mail it again and let its thirty days begin anew. Raises Unusable once settled."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise Unusable
    now = timezone.now()
    if invitation.resent and now - invitation.sent_at < RESEND_AFTER:
        return invitation
    invitation.resent += 1
    invitation.sent_at = now
    invitation.expires_at = default_expiry()
    invitation.save(update_fields=["resent", "sent_at", "expires_at"])
    audit.record("invitation.resent", subject=invitation.email, actor=by, cohort=by.cohort)
    events.invitation_issued(invitation)
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, by: Membership) -> Invitation:
    """Take it back: its link accepts nothing any more. Raises Unusable once it was accepted."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise Unusable
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record("invitation.revoked", subject=invitation.email, actor=by, cohort=by.cohort)
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, user: User | None) -> Membership:
    """Make the invited person a member, with the invitation's team and role and no other.

    `user` is whoever is signed in. Raises Unusable, AnotherAddress, or SignInFirst when nobody is
    signed in and the address has an account. Somebody who is a member keeps the role they have.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("cohort", "team", "organization")
        .get(pk=invitation.pk)
    )
    if invitation.status != Invitation.Status.WAITING or invitation.cohort.is_archived:
        raise Unusable
    if user is not None and not holds(user, invitation.email):
        raise AnotherAddress
    if user is None:
        user = _new_account(invitation)
    membership = _join(invitation, user)
    invitation.accepted_at = timezone.now()
    # One membership can have come from several invitations: the latest is remembered.
    Invitation.objects.filter(membership=membership).update(membership=None)
    invitation.membership = membership
    invitation.save(update_fields=["accepted_at", "membership"])
    audit.record(
        "invitation.accepted",
        subject=invitation.email,
        actor=user,
        cohort=invitation.cohort,
        role=membership.role,
    )
    return membership


def _new_account(invitation: Invitation) -> User:
    if account_of(invitation.email):
        raise SignInFirst
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email,
                name=invitation.name or invitation.email.split("@", 1)[0],
                title=invitation.title,
                time_zone=invitation.time_zone or invitation.cohort.time_zone,
            )
            # Whoever opened the link reads the mailbox: that is what verifying means.
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:
        raise SignInFirst from None
    return user


def _join(invitation: Invitation, user: User) -> Membership:
    membership, is_new = Membership.objects.get_or_create(
        cohort=invitation.cohort,
        user=user,
        defaults={
            "role": invitation.role,
            "team": invitation.team,
            "organization": invitation.organization,
        },
    )
    if not is_new and membership.left_at:
        membership.left_at = None
        membership.role = invitation.role
        membership.team = invitation.team
        membership.organization = invitation.organization
        membership.save(update_fields=["left_at", "role", "team", "organization"])
        events.access_changed(membership)
        transaction.on_commit(lambda: live.access_changed(membership.pk))
    return membership
