"""Files that nothing here looks into: only to download, and said so."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from cohort.files import check_upload
from resources.models import Contents
from resources.services import add_resource
from tests import made_files as made
from tests.resources import offered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "name"),
    [(made.with_macros(), "plan.docm"), (b"<svg onload='x()'/>", "a.svg"), (b"<html>", "a.html")],
)
def test_it_is_never_read_and_goes_out_as_bytes_in_a_sandbox(browse, cast, themes, data, name):
    file = check_upload(ContentFile(data, name), takes_other=True)
    resource = add_resource(
        added_by=cast.mia, title="Odd", kind="template", themes=[themes["leaders"]], file=file
    )
    assert not Contents.objects.exists()
    obi = browse(cast.obi)
    page = obi.get(resource.get_absolute_url()).content.decode()
    assert "Open it only if you trust who made it" in page

    answer = obi.get(reverse("resources:resource_download", args=["spring", resource.pk]))
    headers = {
        each: answer[each]
        for each in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")
    }
    assert headers == {
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert answer["Content-Disposition"].startswith("attachment")
    listed = obi.get(reverse("resources:resource_list", args=["spring"]))
    assert offered(listed, "type") == ["Other file (1)"]
