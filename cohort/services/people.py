"""Who belongs to the cohort, with which role: changes that facilitators make."""

from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cohort import audit, events, live
from cohort.models import Membership, Organization, Role, Team, User


@transaction.atomic
def change_place(
    *,
    member: Membership,
    role: str,
    team: Team | None,
    organization: Organization | None,
    by: Membership,
) -> Membership:
    """Give a member another role, team or organization; open pages and sockets notice at once."""
    member = _locked(member)
    before = {"role": member.role, "team": member.team_id, "organization": member.organization_id}
    member.role = role
    member.team = team if role in (Role.MEMBER, Role.TEAM_LEAD) else None
    member.organization = organization
    after = {"role": str(role), "team": member.team_id, "organization": member.organization_id}
    if before == after:
        return member
    member.save(update_fields=["role", "team", "organization"])
    audit.record(
        "membership.changed",
        subject=member.user,
        actor=by,
        cohort=by.cohort,
        before=before,
        after=after,
    )
    _access_changed(member)
    if (before["role"], before["team"]) != (after["role"], after["team"]):
        events.place_changed(member)
    return member


@transaction.atomic
def remove_member(*, member: Membership, by: Membership) -> Membership:
    """End a membership from the next request on. What the member wrote stays."""
    member = _locked(member)
    if member.left_at is None:
        member.left_at = timezone.now()
        member.save(update_fields=["left_at"])
        audit.record("membership.ended", subject=member.user, actor=by, cohort=by.cohort)
        _access_changed(member)
    return member


@transaction.atomic
def restore_member(*, member: Membership, by: Membership) -> Membership:
    """Let somebody who was removed come back as they were."""
    member = _locked(member)
    if member.left_at is not None:
        member.left_at = None
        member.save(update_fields=["left_at"])
        audit.record("membership.restored", subject=member.user, actor=by, cohort=by.cohort)
        _access_changed(member)
    return member


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> User:
    """Let an account sign in, or not any more; open sessions end with their next request."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        audit.record(
            "account.activated" if active else "account.deactivated", subject=user, actor=by
        )
        for member in user.memberships.select_related("user"):
            events.access_changed(member)
        transaction.on_commit(partial(live.user_access_changed, user.pk))
    return user


def _access_changed(member: Membership) -> None:
    events.access_changed(member)
    transaction.on_commit(partial(live.access_changed, member.pk))


def _locked(member: Membership) -> Membership:
    return (
        Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    )


@transaction.atomic
def save_profile(*, user: User, photo: ContentFile | None, **fields: Any) -> User:
    """Keep what people say of themselves, and a new portrait if there is one."""
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    if photo:
        _replace_photo(user, photo)
    return user


@transaction.atomic
def remove_photo(*, user: User) -> None:
    _replace_photo(user, None)


def _replace_photo(user: User, photo: ContentFile | None) -> None:
    old, storage = user.photo.name, user.photo.storage
    if photo:
        user.photo.save("photo", photo, save=False)
    else:
        user.photo = ""
    user.save(update_fields=["photo"])
    if old:
        transaction.on_commit(partial(storage.delete, old))


@transaction.atomic
def arrive(*, member: Membership, photo: ContentFile | None, **profile: Any) -> Membership:
    """Welcome somebody in: their agreement to the norms, which version and when, and who they are.

    Names left out of `profile` stay as they are.
    """
    save_profile(user=member.user, photo=photo, **profile)
    member.norms_agreed_version = member.cohort.norms_version
    member.norms_agreed_at = timezone.now()
    member.save(update_fields=["norms_agreed_version", "norms_agreed_at"])
    audit.record(
        "norms.agreed",
        subject=member.user,
        actor=member,
        cohort=member.cohort,
        version=member.norms_agreed_version,
    )
    return member
