"""Who may open what in `resources`."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cohort.files import check_upload
from cohort.models import Audience, Membership, Theme
from resources.models import Contents, Resource
from resources.services import add_resource, start_trial
from tests.access.table import Row, alike, inside, writers
from tests.conftest import Cast


def add(member: Membership, audience: Audience = Audience.COHORT) -> Resource:
    return add_resource(
        added_by=member,
        title="Agreement",
        kind=Resource.Kind.AGREEMENT,
        themes=[],
        file=check_upload(ContentFile(b"Between the college and the harbor.", "mou.txt")),
        audience=audience,
    )


def where(resource: Resource) -> dict[str, Any]:
    return {"cohort_slug": resource.cohort.slug, "resource_pk": resource.pk}


def mias(cast: Cast) -> dict[str, Any]:
    return where(add(cast.mia))


def teams(cast: Cast) -> dict[str, Any]:
    return where(add(cast.mia, Audience.TEAM))


def facilitators_own(cast: Cast) -> dict[str, Any]:
    return where(add(cast.fay, Audience.FACILITATORS))


def version_of(place: dict[str, Any]) -> dict[str, Any]:
    return {**place, "number": 1}


def mias_version(cast: Cast) -> dict[str, Any]:
    return version_of(mias(cast))


def teams_version(cast: Cast) -> dict[str, Any]:
    return version_of(teams(cast))


def drawn(place: dict[str, Any]) -> dict[str, Any]:
    """With a picture of its first page."""
    contents = Contents.objects.get(version__resource=place["resource_pk"])
    path = default_storage.save("pagepicture/drawn", ContentFile(b"RIFF"))
    contents.pictures.create(number=1, file=path, width=1, height=1, sha256="0" * 64)
    return {**version_of(place), "page": 1}


def mias_picture(cast: Cast) -> dict[str, Any]:
    return drawn(mias(cast))


def teams_picture(cast: Cast) -> dict[str, Any]:
    return drawn(teams(cast))


def nowhere(cast: Cast) -> dict[str, Any]:
    return {"cohort_slug": cast.cohort.slug, "resource_pk": 987_654_321}


def link(cast: Cast) -> dict[str, Any]:
    resource = add_resource(
        added_by=cast.mia, title="A page", kind="article", themes=[], url="https://example.org/"
    )
    return where(resource)


def filled(cast: Cast) -> dict[str, Any]:
    theme = Theme.objects.get(slug="drivers")
    return {"title": "A page", "kind": "article", "themes": theme.pk, "audience": "cohort"}


def filled_link(cast: Cast) -> dict[str, Any]:
    return {**filled(cast), "url": "https://example.org/"}


def comment(cast: Cast) -> dict[str, Any]:
    return {"body": "It worked.", "parent": 1}


def trial_of(cast: Cast, audience: Audience) -> dict[str, Any]:
    """Of Harbor, of something that mia added."""
    resource = add(cast.mia, audience)
    trial = start_trial(resource=resource, member=cast.theo)
    return {**where(resource), "trial_pk": trial.pk}


def harbors_trial(cast: Cast) -> dict[str, Any]:
    return trial_of(cast, Audience.COHORT)


def hidden_trial(cast: Cast) -> dict[str, Any]:
    return trial_of(cast, Audience.TEAM)


def outcome(cast: Cast) -> dict[str, Any]:
    return {"outcome": "worked", "report": "It did."}


def days(cast: Cast) -> dict[str, Any]:
    return {"days": 30}


def page(member: Membership, audience: Audience = Audience.COHORT) -> dict[str, Any]:
    resource = add_resource(
        added_by=member, title="A page", kind="article", themes=[], page="<p>Words.</p>",
        audience=audience,
    )  # fmt: skip
    return version_of(where(resource))


def mias_page(cast: Cast) -> dict[str, Any]:
    return page(cast.mia)


def teams_page(cast: Cast) -> dict[str, Any]:
    return page(cast.mia, Audience.TEAM)


def facilitators_page(cast: Cast) -> dict[str, Any]:
    return page(cast.fay, Audience.FACILITATORS)


def mias_page_itself(cast: Cast) -> dict[str, Any]:
    place = mias_page(cast)
    del place["number"]
    return place


def filled_page(cast: Cast) -> dict[str, Any]:
    return {**filled(cast), "body": "Other words.", "version": 1}


EVERYONE = inside(200)
TEAM = inside(404, mia=200, theo=200, fay=200)
OWN, OWN_DONE = inside(404, fay=200), inside(404, fay=302)
EDITORS = inside(403, mia=200, fay=200)
EDITORS_DONE = inside(403, mia=302, fay=302)
TEAM_EDITORS = inside(404, mia=200, theo=403, fay=200)
TEAM_EDITORS_DONE = inside(404, mia=302, theo=403, fay=302)

# Of what mia added; what helped is not for her to say.
OTHERS_DONE = inside(302, obi=403, mia=403)
TEAM_DONE = inside(404, mia=403, theo=302, fay=302)

# It is a team that tries something: Fay is in none.
TRYING = inside(200, obi=403, fay=403)
TRYING_DONE = inside(302, obi=403, fay=403)
HARBOR = inside(403, mia=200, theo=200)
HARBOR_DONE = inside(403, mia=302, theo=302)
# Of what only Harbor and the facilitators see.
HIDDEN = inside(404, mia=200, theo=200, fay=403)
HIDDEN_DONE = inside(404, mia=302, theo=302, fay=403)

ROWS: list[Row] = [
    Row("resources:resource_list", "GET", EVERYONE),
    Row("resources:resource_list", "POST", inside(405)),
    Row("resources:resource_create", "GET", writers(200)),
    Row("resources:resource_create", "POST", writers(422), case="empty"),
    Row("resources:resource_create", "POST", writers(302), data=filled_link, case="filled"),
    Row("resources:resource_create", "DELETE", inside(405)),
    Row("resources:added_list", "GET", EVERYONE),
    Row("resources:added_list", "POST", inside(405)),
    Row("resources:link_words", "POST", writers(200)),
    Row("resources:link_words", "GET", inside(405)),
    Row("resources:page_create", "GET", writers(200)),
    Row("resources:page_create", "POST", writers(422), case="empty"),
    Row("resources:page_create", "POST", writers(302), data=filled_page, case="filled"),
    Row("resources:page_create", "DELETE", inside(405)),
    Row("resources:written_page", "GET", EVERYONE, mias_page),
    Row("resources:written_page", "GET", TEAM, teams_page, case="of a team"),
    Row("resources:written_page", "GET", OWN, facilitators_page, case="of facilitators"),
    Row("resources:written_page", "GET", inside(404), mias_version, case="of a file"),
    Row("resources:written_page", "POST", inside(405), mias_page),
    Row("resources:page_restoring", "GET", inside(405), mias_page),
    Row("resources:page_restoring", "POST", EDITORS_DONE, mias_page),
    Row("resources:page_restoring", "POST", TEAM_EDITORS_DONE, teams_page, case="of a team"),
    Row("resources:page_restoring", "POST", OWN_DONE, facilitators_page, case="of facilitators"),
    Row("resources:resource_edit", "GET", EDITORS, mias_page_itself, case="of a page"),
    Row(
        "resources:resource_edit", "POST", EDITORS_DONE, mias_page_itself, filled_page, "of a page"
    ),
    Row("resources:resource_detail", "GET", EVERYONE, mias),
    Row("resources:resource_detail", "GET", TEAM, teams, case="of a team"),
    Row("resources:resource_detail", "GET", OWN, facilitators_own, case="of facilitators"),
    Row("resources:resource_detail", "GET", inside(404), nowhere, case="that is not there"),
    Row("resources:resource_detail", "POST", inside(405), mias),
    Row("resources:resource_download", "GET", EVERYONE, mias),
    Row("resources:resource_download", "HEAD", EVERYONE, mias),
    Row("resources:resource_download", "GET", TEAM, teams, case="of a team"),
    Row("resources:resource_download", "HEAD", TEAM, teams, case="of a team"),
    Row("resources:resource_download", "GET", OWN, facilitators_own, case="of facilitators"),
    Row("resources:resource_download", "GET", inside(404), nowhere, case="that is not there"),
    Row("resources:resource_download", "GET", inside(404), link, case="of a link"),
    Row("resources:resource_download", "POST", inside(405), mias),
    Row("resources:version_download", "GET", EVERYONE, mias_version),
    Row("resources:version_download", "HEAD", TEAM, teams_version, case="of a team"),
    Row("resources:version_download", "GET", TEAM, teams_version, case="of a team"),
    Row("resources:version_download", "POST", inside(405), mias_version),
    Row("resources:version_restoring", "GET", inside(405), mias_version),
    Row("resources:version_restoring", "POST", EDITORS_DONE, mias_version),
    Row("resources:version_restoring", "POST", TEAM_EDITORS_DONE, teams_version, case="of a team"),
    Row("resources:page_picture", "GET", EVERYONE, mias_picture),
    Row("resources:page_picture", "GET", TEAM, teams_picture, case="of a team"),
    Row("resources:page_picture", "POST", inside(405), mias_picture),
    Row("resources:resource_edit", "GET", EDITORS, mias),
    Row("resources:resource_edit", "GET", TEAM_EDITORS, teams, case="of a team"),
    Row("resources:resource_edit", "GET", OWN, facilitators_own, case="of facilitators"),
    Row("resources:resource_edit", "POST", EDITORS_DONE, mias, filled),
    Row("resources:resource_edit", "POST", TEAM_EDITORS_DONE, teams, filled, case="of a team"),
    Row("resources:resource_remove", "GET", EDITORS, mias),
    Row("resources:resource_remove", "POST", EDITORS_DONE, mias),
    Row("resources:resource_remove", "POST", TEAM_EDITORS_DONE, teams, case="of a team"),
    Row("resources:resource_remove", "POST", OWN_DONE, facilitators_own, case="of facilitators"),
    Row("resources:comment_create", "GET", inside(405), mias),
    Row("resources:comment_create", "POST", writers(422), mias, case="empty"),
    Row("resources:comment_create", "POST", writers(302), mias, comment, case="written"),
    Row(
        "resources:comment_create",
        "POST",
        inside(404, mia=302, theo=302, fay=302),
        teams,
        comment,
        case="of a team",
    ),
    Row("resources:trial_list", "GET", EVERYONE),
    Row("resources:trial_list", "POST", inside(405)),
    Row("resources:trial_export", "GET", EVERYONE),
    Row("resources:trial_export", "POST", inside(405)),
    Row("resources:trial_asking", "GET", inside(405)),
    Row("resources:trial_asking", "POST", inside(403, fay=422), case="empty"),
    Row("resources:trial_asking", "POST", inside(403, fay=302), data=days, case="filled"),
    Row("resources:trial_create", "GET", TRYING, mias),
    Row("resources:trial_create", "POST", TRYING_DONE, mias),
    Row("resources:trial_create", "GET", HIDDEN, teams, case="of a team"),
    Row("resources:trial_create", "DELETE", inside(405), mias),
    Row("resources:trial_report", "GET", HARBOR, harbors_trial),
    Row(
        "resources:trial_report",
        "POST",
        inside(403, mia=422, theo=422),
        harbors_trial,
        case="empty",
    ),
    Row("resources:trial_report", "POST", HARBOR_DONE, harbors_trial, outcome, case="filled"),
    Row("resources:trial_report", "GET", HIDDEN, hidden_trial, case="of a team"),
    Row("resources:trial_removal", "GET", HARBOR, harbors_trial),
    Row("resources:trial_removal", "POST", HARBOR_DONE, harbors_trial),
    Row("resources:trial_removal", "POST", HIDDEN_DONE, hidden_trial, case="of a team"),
    *alike(
        ("resources:helpful_create", "resources:helpful_removal"),
        Row("", "GET", inside(405), mias),
        Row("", "POST", OTHERS_DONE, mias),
        Row("", "POST", TEAM_DONE, teams, case="of a team"),
    ),
    *alike(
        ("resources:feature_create", "resources:feature_removal"),
        Row("", "GET", inside(405), mias),
        Row("", "POST", inside(403, fay=302), mias),
        Row("", "POST", inside(404), nowhere, case="that is not there"),
    ),
]
