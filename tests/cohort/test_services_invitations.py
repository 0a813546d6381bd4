from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from cohort import events
from cohort.models import AuditEntry, Invitation, Membership, Role, User
from cohort.services import invitations as services
from tests.factories import CohortFactory, InvitationFactory, MembershipFactory, UserFactory


@pytest.fixture
def heard(monkeypatch):
    """The invitations that listeners were told of."""
    told = []
    monkeypatch.setattr(events, "on_invitation_issued", [lambda i: told.append((i.pk, i.resent))])
    return told


def test_invite_asks_one_address_and_tells_the_listeners(fay, team, heard):
    invitation = services.invite(
        cohort=fay.cohort, email="New@Example.org", by=fay, role=Role.TEAM_LEAD, team=team
    )

    assert (invitation.email, invitation.role, invitation.team) == (
        "new@example.org",
        Role.TEAM_LEAD,
        team,
    )
    assert heard == [(invitation.pk, 0)]
    assert AuditEntry.objects.get().action == "invitation.issued"


def test_invite_refuses_members_and_addresses_that_are_invited(fay, mia, heard):
    first = services.invite(cohort=fay.cohort, email="new@example.org", by=fay)

    with pytest.raises(services.AlreadyInvited) as refused:
        services.invite(cohort=fay.cohort, email="NEW@example.org", by=fay)
    with pytest.raises(services.AlreadyMember):
        services.invite(cohort=fay.cohort, email=mia.user.email, by=fay)

    assert refused.value.invitation == first
    assert heard == [(first.pk, 0)]


def test_invite_gives_no_team_to_facilitators(fay, team):
    invitation = services.invite(
        cohort=fay.cohort, email="new@example.org", by=fay, role=Role.FACILITATOR, team=team
    )

    assert invitation.team is None


def test_resend_begins_the_thirty_days_anew_and_a_second_click_does_nothing(fay, heard):
    invitation = InvitationFactory(cohort=fay.cohort, expires_at=timezone.now() - timedelta(days=1))

    services.resend(invitation=invitation, by=fay)
    services.resend(invitation=invitation, by=fay)

    invitation.refresh_from_db()
    assert (invitation.status, invitation.resent) == (Invitation.Status.WAITING, 1)
    assert invitation.expires_at > timezone.now() + timedelta(days=29)
    assert heard == [(invitation.pk, 1)]


@pytest.mark.parametrize("settled", ["accepted_at", "revoked_at"])
def test_resend_leaves_a_settled_invitation_alone(fay, settled, heard):
    invitation = InvitationFactory(cohort=fay.cohort, **{settled: timezone.now()})

    with pytest.raises(services.Unusable):
        services.resend(invitation=invitation, by=fay)

    assert heard == []


def test_accept_makes_an_account_with_a_verified_address(fay, team):
    invitation = InvitationFactory(
        cohort=fay.cohort,
        email="new@example.org",
        team=team,
        name="Nia",
        time_zone="America/Denver",
    )

    member = services.accept(invitation=invitation, user=None)

    assert (member.role, member.team, member.cohort) == (Role.MEMBER, team, fay.cohort)
    assert (member.user.name, member.user.time_zone) == ("Nia", "America/Denver")
    assert not member.user.has_usable_password()
    address = EmailAddress.objects.get(user=member.user)
    assert (address.email, address.verified, address.primary) == ("new@example.org", True, True)
    assert not member.has_agreed
    invitation.refresh_from_db()
    assert (invitation.status, invitation.membership) == (Invitation.Status.ACCEPTED, member)


def test_accept_works_once(fay):
    invitation = InvitationFactory(cohort=fay.cohort)
    services.accept(invitation=invitation, user=None)

    with pytest.raises(services.Unusable):
        services.accept(invitation=invitation, user=None)

    assert User.objects.filter(email=invitation.email).count() == 1


def test_accept_refuses_what_is_revoked_expired_or_over(fay):
    now = timezone.now()
    ended = CohortFactory(archived_at=now)
    for invitation in (
        InvitationFactory(cohort=fay.cohort, revoked_at=now),
        InvitationFactory(cohort=fay.cohort, expires_at=now),
        InvitationFactory(cohort=ended),
    ):
        with pytest.raises(services.Unusable):
            services.accept(invitation=invitation, user=None)
        assert not User.objects.filter(email=invitation.email).exists()


def test_accept_is_for_its_own_address_alone(fay, mia, olga):
    invitation = InvitationFactory(cohort=fay.cohort, email="new@example.org")

    with pytest.raises(services.AnotherAddress):
        services.accept(invitation=invitation, user=olga.user)

    invitation.refresh_from_db()
    assert invitation.status == Invitation.Status.WAITING
    assert not Membership.objects.filter(cohort=fay.cohort, user=olga.user).exists()


def test_accept_asks_an_existing_account_to_sign_in(fay):
    invitation = InvitationFactory(cohort=fay.cohort, email=UserFactory().email)

    with pytest.raises(services.SignInFirst):
        services.accept(invitation=invitation, user=None)


def test_accept_takes_a_verified_second_address_and_no_unverified_one(fay, olga):
    invitation = InvitationFactory(cohort=fay.cohort, email="district@example.org")
    address = EmailAddress.objects.create(user=olga.user, email="district@example.org")
    with pytest.raises(services.AnotherAddress):
        services.accept(invitation=invitation, user=olga.user)

    address.verified = True
    address.save()

    assert services.accept(invitation=invitation, user=olga.user).cohort == fay.cohort


def test_accept_never_raises_the_role_of_a_member(mia):
    invitation = InvitationFactory(cohort=mia.cohort, email=mia.user.email, role=Role.FACILITATOR)

    services.accept(invitation=invitation, user=mia.user)

    mia.refresh_from_db()
    assert mia.role == Role.MEMBER


def test_accept_brings_back_somebody_who_left_as_invited_now(gone, team):
    invitation = InvitationFactory(cohort=gone.cohort, email=gone.user.email, role=Role.OBSERVER)

    services.accept(invitation=invitation, user=gone.user)

    gone.refresh_from_db()
    assert (gone.left_at, gone.role, gone.team) == (None, Role.OBSERVER, None)


def test_accept_holds_after_the_inviter_left(fay):
    invitation = InvitationFactory(cohort=fay.cohort, invited_by=fay)
    fay.left_at = timezone.now()
    fay.save()

    assert services.accept(invitation=invitation, user=None).cohort == fay.cohort


@pytest.mark.django_db(transaction=True)
def test_accept_ten_times_at_once_makes_one_account():
    # Themes that a migration seeded are flushed by this kind of test; it needs none.
    invitation = InvitationFactory(email="new@example.org")

    def click(_n):
        try:
            services.accept(invitation=invitation, user=None)
            return "in"
        except (services.Unusable, services.SignInFirst):
            return "no"
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(click, range(10)))

    assert answers == ["in", *["no"] * 9]
    assert User.objects.filter(email="new@example.org").count() == 1
    assert Membership.objects.count() == 1


def test_revoke_takes_it_back_but_not_after_it_was_accepted(fay):
    invitation = InvitationFactory(cohort=fay.cohort)
    services.revoke(invitation=invitation, by=fay)
    invitation.refresh_from_db()
    assert invitation.status == Invitation.Status.REVOKED

    accepted = InvitationFactory(cohort=fay.cohort, accepted_at=timezone.now())
    with pytest.raises(services.Unusable):
        services.revoke(invitation=accepted, by=fay)


def test_twins_by_case_or_unicode_are_one_person(fay):
    MembershipFactory(cohort=fay.cohort, user=UserFactory(email="Zoë@EXÄMPLE.org"))

    with pytest.raises(services.AlreadyMember):
        services.invite(cohort=fay.cohort, email="zoë@exämple.org", by=fay)
