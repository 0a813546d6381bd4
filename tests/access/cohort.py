"""Who may open what in `cohort`."""

from typing import Any

from cohort.models import Role
from tests.access.table import ACTORS, Row, anybody, facilitators, inside, signed_in
from tests.conftest import Cast
from tests.factories import InvitationFactory

PLACE = {"cohort_slug": "spring"}


def of_team(cast: Cast, **more: Any) -> dict[str, Any]:
    return {**PLACE, "team_slug": cast.team.slug, **more}


def mias_page(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "member_pk": cast.mia.pk}


def one_who_left(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "member_pk": cast.gone.pk}


def at_the_table(cast: Cast) -> dict[str, Any]:
    return of_team(cast, organization_pk=cast.organization.pk)


def team_invitation(cast: Cast) -> dict[str, Any]:
    invitation = InvitationFactory(cohort=cast.cohort, team=cast.team)
    return {**PLACE, "invitation_pk": invitation.pk}


def other_team_invitation(cast: Cast) -> dict[str, Any]:
    invitation = InvitationFactory(cohort=cast.cohort, team=cast.other_team)
    return {**PLACE, "invitation_pk": invitation.pk}


def lead_invitation(cast: Cast) -> dict[str, Any]:
    invitation = InvitationFactory(cohort=cast.cohort, team=cast.team, role=Role.TEAM_LEAD)
    return {**PLACE, "invitation_pk": invitation.pk}


def other_cohort_invitation(cast: Cast) -> dict[str, Any]:
    return {**PLACE, "invitation_pk": InvitationFactory(cohort=cast.olga.cohort).pk}


def token(cast: Cast) -> dict[str, Any]:
    return {"token": InvitationFactory(cohort=cast.cohort).token}


def mias_photo(cast: Cast) -> dict[str, Any]:
    cast.mia.user.photo = "user/aa/none"
    cast.mia.user.save()
    return {"user_pk": cast.mia.user_id}


def leads(status: int) -> dict[str, int | str]:
    """Facilitators, and theo who leads the team."""
    return inside(403, theo=status, fay=status)


ROWS: list[Row] = [
    Row("cohort:people", "GET", inside(200)),
    Row("cohort:people", "POST", inside(405)),
    Row("cohort:person_detail", "GET", inside(200), mias_page),
    Row("cohort:person_detail", "GET", inside(404), one_who_left, case="of one who left"),
    Row("cohort:person_detail", "POST", inside(405), mias_page),
    Row("cohort:team_list", "GET", inside(200)),
    Row("cohort:team_list", "POST", inside(405)),
    Row("cohort:team_detail", "GET", inside(200), of_team),
    Row("cohort:team_detail", "POST", inside(405), of_team),
    Row("cohort:team_edit", "GET", leads(200), of_team),
    Row("cohort:team_edit", "POST", leads(302), of_team, lambda cast: {"purpose": "To help"}),
    Row("cohort:team_organization_create", "GET", inside(405), of_team),
    Row(
        "cohort:team_organization_create",
        "POST",
        leads(302),
        of_team,
        lambda cast: {"name": "Bay Health", "sector": "industry"},
    ),
    Row("cohort:team_organization_removal", "GET", inside(405), at_the_table),
    Row(
        "cohort:team_organization_removal",
        "POST",
        inside(403, theo=302, fay=404),  # theo's turn removes it; nobody removes it twice
        at_the_table,
    ),
    Row("cohort:invitation_create", "GET", leads(200)),
    Row("cohort:invitation_create", "POST", leads(422), case="with nothing in it"),
    Row("cohort:invitation_resend", "GET", inside(405), team_invitation),
    Row("cohort:invitation_resend", "POST", leads(302), team_invitation),
    Row(
        "cohort:invitation_resend",
        "POST",
        facilitators(302),
        other_team_invitation,
        case="of another team",
    ),
    Row("cohort:invitation_resend", "POST", facilitators(302), lead_invitation, case="of a lead"),
    Row(
        "cohort:invitation_resend",
        "POST",
        inside(404),
        other_cohort_invitation,
        case="of another cohort",
    ),
    Row("cohort:invitation_revoke", "GET", inside(405), team_invitation),
    Row("cohort:invitation_revoke", "POST", leads(302), team_invitation),
    Row(
        "cohort:invitation_revoke",
        "POST",
        facilitators(302),
        other_team_invitation,
        case="of another team",
    ),
    Row(
        "cohort:invitation_revoke",
        "POST",
        inside(404),
        other_cohort_invitation,
        case="of another cohort",
    ),
    Row("cohort:profile_edit", "GET", signed_in(200), lambda cast: {}),
    Row("cohort:profile_edit", "POST", signed_in(422), lambda cast: {}, case="with nothing in it"),
    Row("cohort:photo_removal", "GET", signed_in(405), lambda cast: {}),
    Row("cohort:photo_removal", "POST", signed_in(302), lambda cast: {}),
    Row("cohort:confirmation", "GET", signed_in(200), lambda cast: {}),
    Row("cohort:confirmation", "POST", signed_in(422), lambda cast: {}, case="with no code"),
    Row("cohort:confirmation_code", "GET", signed_in(405), lambda cast: {}),
    Row("cohort:confirmation_code", "POST", signed_in(302), lambda cast: {}),
    Row(
        "cohort:photo",
        "POST",
        signed_in(405),
        mias_photo,
    ),
    Row("cohort:photo", "GET", signed_in(404), lambda cast: {"user_pk": cast.olga.user_id}),
    Row("cohort:invitation_detail", "GET", anybody(200), token),
    Row(
        "cohort:invitation_detail", "GET", anybody(404), lambda cast: {"token": "guess"}, case="no"
    ),
    Row("cohort:invitation_detail", "POST", anybody(405), token),
    Row("cohort:invitation_accept", "GET", anybody(405), token),
    # 409: signed in as somebody else. The anonymous accept, once: see the tests of the views.
    Row(
        "cohort:invitation_accept",
        "POST",
        {**dict.fromkeys(ACTORS, 409), "anonymous": 302},
        token,
    ),
    Row("cohort:invitation_accept", "POST", anybody(404), lambda cast: {"token": "x"}, case="no"),
]
