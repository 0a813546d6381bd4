from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cohort import audit
from cohort.models import Audience, Cohort, Membership, Team
from forums.models import Space
from forums.services.refusals import Refused

# Team rooms stand between the commons and the facilitators' own.
COMMONS, TEAMS, FACILITATORS = 0, 10, 20


class SpaceInUse(Refused):
    reason = _("A space that holds discussions stays. Move them elsewhere first.")


@transaction.atomic
def open_spaces(cohort: Cohort) -> None:
    """Give a cohort the spaces it begins with; those that are there stay as they are."""
    Space.objects.get_or_create(
        cohort=cohort,
        slug="commons",
        defaults={
            "name": "Commons",
            "description": "The whole cohort: questions, wins, and what you are working on.",
            "position": COMMONS,
        },
    )
    Space.objects.get_or_create(
        cohort=cohort,
        slug="facilitators",
        defaults={
            "name": "Facilitators",
            "description": "Among those who run the year.",
            "audience": Audience.FACILITATORS,
            "position": FACILITATORS,
        },
    )
    for team in cohort.teams.all():
        ensure_team_space(team)


def ensure_team_space(team: Team) -> Space:
    """The team's private room; opened when it is not there yet."""
    taken = Space.objects.filter(cohort_id=team.cohort_id, slug=team.slug).exclude(team=team)
    space, _opened = Space.objects.get_or_create(
        team=team,
        audience=Audience.TEAM,
        defaults={
            "cohort_id": team.cohort_id,
            "slug": f"team-{team.pk}" if taken.exists() else team.slug,
            "name": team.name,
            "description": "Your team and the facilitators. Nobody else reads here.",
            "position": TEAMS,
        },
    )
    return space


def ensure_space(cohort: Cohort, audience: str, *, slug: str, name: str, description: str) -> Space:
    """A room for the whole cohort, or for its facilitators, under this address.

    Opened when it is not there yet; facilitators get the first of theirs, whatever its address.
    """
    rooms = Space.objects.filter(cohort=cohort, audience=audience)
    if audience == Audience.FACILITATORS and (room := rooms.in_order().first()):
        return room
    taken = Space.objects.filter(cohort=cohort, slug=slug).exclude(audience=audience)
    room, _opened = Space.objects.get_or_create(
        cohort=cohort,
        audience=audience,
        slug=f"{slug}-room" if taken.exists() else slug,
        defaults={
            "name": name,
            "description": description,
            "position": FACILITATORS if audience == Audience.FACILITATORS else TEAMS - 1,
        },
    )
    return room


@transaction.atomic
def add_space(
    *, cohort: Cohort, name: str, description: str, audience: str, by: Membership
) -> Space:
    """Open a space; one for the whole cohort stands last of those before the teams' rooms."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    space = Space.objects.create(
        cohort=cohort,
        slug=_free_slug(cohort, name),
        name=name,
        description=description,
        audience=audience,
        position=FACILITATORS if audience == Audience.FACILITATORS else TEAMS - 1,
    )
    audit.record("space.added", subject=space, actor=by, cohort=cohort, audience=audience)
    return space


def _free_slug(cohort: Cohort, name: str) -> str:
    """Of the name; the page that adds spaces keeps its own address."""
    slug = slugify(name)[:70] or "space"
    taken = {"new", *Space.objects.filter(cohort=cohort).values_list("slug", flat=True)}
    slugs = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(free for free in slugs if free not in taken)


@transaction.atomic
def change_space(*, space: Space, name: str, description: str, by: Membership) -> None:
    """Say a space's name and description anew; its address stays."""
    before = {"name": space.name, "description": space.description}
    after = {"name": name, "description": description}
    if before == after:
        return
    Space.objects.filter(pk=space.pk).update(name=name, description=description)
    audit.record(
        "space.changed", subject=name, actor=by, cohort=by.cohort, before=before, after=after
    )


@transaction.atomic
def shift_space(*, space: Space, up: bool) -> None:
    """Put a space one place up or down. The teams' rooms count as one place."""
    Cohort.objects.select_for_update().get(pk=space.cohort_id)
    spaces = Space.objects.filter(cohort=space.cohort_id).in_order()
    order: list[Space | None] = []
    for each in spaces:
        if each.team_id is None:
            order.append(each)
        elif None not in order:
            order.append(None)  # all of the teams' rooms
    if None not in order:
        order.append(None)
    place = order.index(space)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    teams = order.index(None)
    for number, moved in enumerate(order):
        if moved:
            moved.position = max(0, TEAMS - teams + number)
            moved.save(update_fields=["position"])


@transaction.atomic
def remove_space(*, space: Space, by: Membership) -> None:
    """Close a space that holds nothing, nor what leads on to elsewhere.

    Raises SpaceInUse, for a team's room as well.
    """
    space = Space.objects.select_for_update(of=("self",)).get(pk=space.pk)
    held = Q(deleted_at=None) | Q(merged_into__isnull=False) | Q(moved_posts__isnull=False)
    if space.team_id or space.threads.filter(held).exists():
        raise SpaceInUse
    audit.record("space.removed", subject=space, actor=by, cohort=by.cohort)
    space.delete()
