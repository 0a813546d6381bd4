"""Who may do what to people, teams and invitations."""

from cohort.models import Invitation, Membership, Role, Team


def can_facilitate(member: Membership) -> bool:
    return member.is_facilitator and member.may_write


def can_edit_team(member: Membership, team: Team) -> bool:
    """Facilitators, and a team's leads for their own."""
    if team.cohort_id != member.cohort_id or not member.may_write:
        return False
    return member.is_facilitator or (member.is_team_lead and member.team_id == team.pk)


def can_invite(member: Membership) -> bool:
    return can_facilitate(member) or (
        member.may_write and member.is_team_lead and member.team_id is not None
    )


def can_manage_invitation(member: Membership, invitation: Invitation) -> bool:
    """Resend and revoke: facilitators all of them, leads those of members of their team."""
    if invitation.cohort_id != member.cohort_id or not can_invite(member):
        return False
    return member.is_facilitator or (
        invitation.team_id == member.team_id and invitation.role == Role.MEMBER
    )


def can_change_member(member: Membership, other: Membership) -> bool:
    """Facilitators, but nobody themselves: a cohort must not lose its last one by a slip."""
    return can_facilitate(member) and other.cohort_id == member.cohort_id and other.pk != member.pk


def can_see_address(member: Membership, other: Membership) -> bool:
    return other.user.shows_email or member.is_facilitator or other.user_id == member.user_id
