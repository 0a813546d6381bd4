"""A library of any size for benchmarks: what is said of resources, and what their files say.

The files themselves are not made: rows of versions name none that is there.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cohort.models import Audience, Cohort, Membership, Organization, Sector, Theme
from resources.models import Contents, FileVersion, Resource, ResourceTheme
from sessions.models import LearningSession

Text = Callable[[int], str]
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BATCH = 1_000
# A resource in a hundred belongs to the one session.
SHARE_IN_SESSION = 0.01
SENTENCES_IN_FILE = (20, 80)


def fill_library(cohort: Cohort, count: int, text: Text, dice: random.Random) -> None:
    """`text` makes so many sentences up."""
    members = list(Membership.objects.filter(cohort=cohort).select_related("team"))
    _give_sectors(cohort, members)
    resources = Resource.objects.bulk_create(
        (_resource(n, cohort, dice.choice(members), text, dice) for n in range(count)),
        batch_size=BATCH,
    )
    versions = FileVersion.objects.bulk_create(
        (_version(resource, dice) for resource in resources if not resource.url), batch_size=BATCH
    )
    for version in versions:
        version.resource.current_version = version
    Resource.objects.bulk_update(
        [version.resource for version in versions], ["current_version"], batch_size=BATCH
    )
    Contents.objects.bulk_create(
        (
            Contents(
                version=version,
                state=Contents.State.READ,
                text=f"{text(dice.randint(*SENTENCES_IN_FILE))} {rare_word(number)}",
            )
            for number, version in enumerate(versions)
        ),
        batch_size=200,
    )
    themes = list(Theme.objects.values_list("pk", flat=True))
    ResourceTheme.objects.bulk_create(
        (
            ResourceTheme(content_object=resource, tag_id=theme)
            for resource in resources
            for theme in dice.sample(themes, k=dice.randint(1, 3))
        ),
        batch_size=BATCH,
    )
    session = LearningSession.objects.filter(cohort=cohort).first()
    if session:
        session.resources.add(*(r for r in resources if dice.random() < SHARE_IN_SESSION))


def rare_word(number: int) -> str:
    """Nothing else that is made up holds it; a file in four hundred has the same."""
    return f"annex{number % 400:03}"


def _give_sectors(cohort: Cohort, members: list[Membership]) -> None:
    """An organization of each sector, shared out among the members."""
    organizations = Organization.objects.bulk_create(
        Organization(cohort=cohort, name=f"Organization {sector}", sector=sector)
        for sector in Sector.values
    )
    for n, member in enumerate(members):
        member.organization = organizations[n % len(organizations)]
    Membership.objects.bulk_update(members, ["organization"], batch_size=BATCH)


def _resource(
    number: int, cohort: Cohort, adder: Membership, text: Text, dice: random.Random
) -> Resource:
    of_team = adder.team is not None and dice.random() < 0.15
    return Resource(
        cohort=cohort,
        added_by=adder,
        audience=Audience.TEAM if of_team else Audience.COHORT,
        team=adder.team if of_team else None,
        title=text(1)[:120],
        kind=dice.choice(Resource.Kind.values),
        language=dice.choice(["en", "en", "en", "es"]),
        description_text=text(2),
        used_for=text(1),
        url=f"https://example.org/{number}" if dice.random() < 0.2 else "",
        download_count=int(dice.expovariate(1 / 20)),
        created_at=datetime.now(UTC) - timedelta(days=dice.random() * 300),
    )


def _version(resource: Resource, dice: random.Random) -> FileVersion:
    extension = dice.choice(list(TYPES))
    return FileVersion(
        resource=resource,
        file=f"fileversion/none/{resource.pk}",
        name=f"{resource.title[:60].rstrip('.')}.{extension}",
        content_type=TYPES[extension],
        size=dice.randint(20_000, 800_000),
        sha256=f"{resource.pk:064x}",
        added_by=resource.added_by,
    )
