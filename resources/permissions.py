from cohort.models import Membership
from resources.models import Resource


def can_add(member: Membership) -> bool:
    return member.may_write


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
