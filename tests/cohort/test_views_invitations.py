import re

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.models import Invitation, Membership, Role, User
from tests.factories import InvitationFactory


@pytest.fixture
def invitation(cast):
    return InvitationFactory(
        cohort=cast.cohort,
        email="new@example.org",
        team=cast.team,
        invited_by=cast.fay,
        name="Nia Okoro",
    )


def accept_url(invitation):
    return reverse("cohort:invitation_accept", args=[invitation.token])


def test_invitation_shows_who_invites_whom_to_what(client, invitation):
    page = client.get(invitation.get_absolute_url()).content.decode()

    for words in ("Fay invites you to", "Spring", "Harbor", "Member", "new@example.org"):
        assert words in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_an_invitation_accepts_nothing(client, invitation, method):
    getattr(client, method)(invitation.get_absolute_url())
    getattr(client, method)(accept_url(invitation))

    invitation.refresh_from_db()
    assert invitation.status == Invitation.Status.WAITING
    assert not User.objects.filter(email="new@example.org").exists()


def test_accepting_signs_in_and_leads_through_the_welcome(client, invitation):
    response = client.post(accept_url(invitation), follow=True)

    assert [url for url, _status in response.redirect_chain] == ["/c/spring/", "/c/spring/welcome/"]
    member = Membership.objects.get(user__email="new@example.org")
    assert (member.role, member.team.name) == (Role.MEMBER, "Harbor")
    assert client.session["_auth_user_id"] == str(member.user_id)
    assert UserSession.objects.filter(user=member.user).count() == 1


def test_accepting_begins_a_fresh_session(client, invitation):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key

    client.post(accept_url(invitation))

    assert client.session.session_key != before
    assert "planted" not in client.session


def test_accepting_twice_says_so_and_makes_nothing(client, invitation):
    client.post(accept_url(invitation))

    response = Client().post(accept_url(invitation))

    assert response.status_code == 409
    assert "works only once" in response.content.decode()
    assert Membership.objects.filter(user__email="new@example.org").count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"revoked_at": timezone.now()}, "was taken back"),
        ({"expires_at": timezone.now()}, "has expired"),
    ],
)
def test_an_unusable_invitation_says_why_and_does_nothing(client, invitation, fields, words):
    Invitation.objects.filter(pk=invitation.pk).update(**fields)

    for response in (
        client.get(invitation.get_absolute_url()),
        client.post(accept_url(invitation)),
    ):
        assert words in response.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_somebody_else_signed_in_is_told_to_sign_out(browse, olga, invitation):
    response = browse(olga).post(accept_url(invitation))

    assert response.status_code == 409
    page = response.content.decode()
    assert "You are signed in as olga@example.org" in page
    assert reverse("account_logout") in page
    assert not Membership.objects.filter(cohort=invitation.cohort, user=olga.user).exists()


def test_an_existing_account_signs_in_first_and_comes_back(client, browse, olga, cast):
    invitation = InvitationFactory(cohort=cast.cohort, email=olga.user.email)

    refused = client.post(accept_url(invitation))
    assert refused.status_code == 409
    link = f"{reverse('account_login')}?next={invitation.get_absolute_url()}"
    assert link in refused.content.decode()

    assert browse(olga).post(accept_url(invitation)).status_code == 302
    assert Membership.objects.filter(cohort=cast.cohort, user=olga.user).exists()


def test_wrong_tokens_all_look_alike(client, invitation):
    token = invitation.token
    forged = [token[:-1] + ("a" if token[-1] != "a" else "b"), "x", invitation.public_id.hex]
    pages = {client.get(reverse("cohort:invitation_detail", args=[t])).status_code for t in forged}

    assert pages == {404}


def test_an_invitation_cannot_be_turned_to_another_role_or_team(client, cast, invitation):
    client.post(accept_url(invitation), {"role": "facilitator", "team": cast.other_team.pk})

    member = Membership.objects.get(user__email="new@example.org")
    assert (member.role, member.team) == (Role.MEMBER, cast.team)


def test_a_lead_invites_into_the_own_team_whatever_is_sent(browse, cast):
    browse(cast.theo).post(
        reverse("cohort:invitation_create", args=["spring"]),
        {"email": "new@example.org", "role": "facilitator", "team": cast.other_team.pk},
    )

    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.team, invitation.invited_by) == (
        Role.MEMBER,
        cast.team,
        cast.theo,
    )


def test_inviting_says_what_is_wrong(browse, cast):
    InvitationFactory(cohort=cast.cohort, email="asked@example.org")
    url = reverse("cohort:invitation_create", args=["spring"])
    cases = {
        "mia@example.org": "is in the cohort already",
        "asked@example.org": "has an open invitation",
        "nonsense": "valid email address",
    }
    for address, words in cases.items():
        response = browse(cast.fay).post(
            url, {"email": address, "role": "member", "team": cast.team.pk}
        )
        assert response.status_code == 422
        assert words in response.content.decode()
        assert address in response.content.decode()
    assert Invitation.objects.count() == 1


def test_next_leads_nowhere_else(browse, cast):
    invitation = InvitationFactory(cohort=cast.cohort)
    url = reverse("cohort:invitation_resend", args=["spring", invitation.pk])
    for evil in ("https://evil.example.org/", "//evil.example.org", "javascript:alert(1)"):
        response = browse(cast.fay).post(url, {"next": evil})
        assert response["Location"] == "/c/spring/people/"


def test_the_name_in_an_invitation_cannot_run(client, cast):
    invitation = InvitationFactory(cohort=cast.cohort, team=cast.team, invited_by=cast.fay)
    cast.fay.user.name = "<script>alert(1)</script>"
    cast.fay.user.save()

    page = client.get(invitation.get_absolute_url()).content.decode()

    assert not re.search(r"<script>alert", page)


def test_inviting_survives_a_team_that_no_database_could_name(client, cast):
    client.force_login(cast.fay.user)
    address = reverse("cohort:invitation_create", args=[cast.cohort.slug])
    form = client.get(address, {"team": "\0"}).context["form"]
    assert form.initial["team"] is None
