"""What several tests of the library do."""

import re

from django.core.files.base import ContentFile

from cohort.files import check_upload
from cohort.models import Theme
from resources.models import Resource
from resources.services import add_resource


def fill(page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Kind").select_option("agreement")
    page.get_by_role("checkbox", name=re.compile("^Leaders")).check()


def a_page(member, html="<h2>Weeks 1 to 4</h2><p>Listen <strong>first</strong>.</p>"):
    return add_resource(
        added_by=member, title="First ninety days", kind="article", page=html,
        themes=[Theme.objects.get(slug="leaders")],
    )  # fmt: skip


def a_video(member):
    return add_resource(
        added_by=member, title="Film", kind="recording", url="https://youtu.be/dQw4w9WgXcQ",
        themes=[Theme.objects.get(slug="leaders")],
    )  # fmt: skip


def a_table(member, data=b"Site,Seats\nHarbor,12\n"):
    return add_resource(
        added_by=member, title="Seats", kind="dashboard",
        file=check_upload(ContentFile(data, "seats.csv")),
        themes=[Theme.objects.get(slug="leaders")],
    )  # fmt: skip


def a_guide(member, **said):
    given = {"title": "A guide", "kind": "article", "url": "https://example.org/", **said}
    resource = Resource.objects.create(cohort=member.cohort, added_by=member, **given)
    resource.themes.set(Theme.objects.filter(parent=None))
    return resource
