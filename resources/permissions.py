from cohort.models import Membership
from resources.models import Collection, Resource, ResourceRequest, Trial


def can_add(member: Membership) -> bool:
    return member.may_write


def can_keep_lists(member: Membership) -> bool:
    return member.may_write


def can_arrange(member: Membership, collection: Collection) -> bool:
    """One's own private list; the shared ones are the facilitators'."""
    if collection.is_private:
        return member.may_write and collection.owner_id == member.pk
    return member.may_write and member.is_facilitator


def can_ask(member: Membership) -> bool:
    return member.may_write


def can_answer(member: Membership, asked: ResourceRequest) -> bool:
    return member.may_write and asked.is_open


def can_edit_request(member: Membership, asked: ResourceRequest) -> bool:
    """While it is open: what was looked for stays as it was answered."""
    return can_close(member, asked) and asked.is_open


def can_close(member: Membership, asked: ResourceRequest) -> bool:
    """Also: take it up again, and remove it."""
    return member.may_write and (member.is_facilitator or asked.asked_by_id == member.pk)


def can_comment(member: Membership) -> bool:
    return member.may_write


def can_edit(member: Membership, resource: Resource) -> bool:
    """Also: replace its file, and remove it."""
    return member.may_write and (member.is_facilitator or resource.added_by_id == member.pk)


def can_mark_helpful(member: Membership, resource: Resource) -> bool:
    """Not one's own: what helped is for others to say."""
    return member.may_write and resource.added_by_id != member.pk


def can_feature(member: Membership) -> bool:
    return member.may_write and member.is_facilitator


def can_steer(member: Membership) -> bool:
    """How the library is run: when reports are asked for."""
    return member.may_write and member.is_facilitator


def can_try(member: Membership) -> bool:
    """It is a team that tries something."""
    return member.may_write and member.team_id is not None


def can_report(member: Membership, trial: Trial) -> bool:
    """Also: withdraw it. Anybody of the team, while it may see what it tries."""
    return (
        member.may_write
        and member.team_id == trial.team_id
        and trial.resource.is_visible_to(member)
    )
