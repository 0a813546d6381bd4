"""Pictures in pages: put there by the editor, and private as the page is."""

import io
import re
import uuid
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from cohort.files import check_upload
from cohort.models import Audience
from forums import services as forums
from forums.models import Attachment
from forums.services.attachments import sweep_attachments
from resources import services
from resources.models import Resource
from tests.factories import SpaceFactory
from tests.resources.test_contents import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(browse):
    """As the editor does it: sends a picture, and gives what then stands in the text."""

    def sent(member, name="chart.jpg"):
        place = reverse("forums:attachment_create", args=[member.cohort.slug])
        told = browse(member).post(place, {"file": ContentFile(jpeg((40, 30)), name)}).json()
        assert (told["width"], told["height"]) == (40, 30)
        return f'<p><img src="{told["url"]}" alt="A chart" width="40" height="30"></p>'

    return sent


@pytest.fixture
def write(browse, themes):
    def written(member, html, **said):
        form = {
            "title": "First days", "kind": "article", "themes": [themes["leaders"].pk],
            "audience": "cohort", "language": "en", "form_key": str(uuid.uuid4()),
            "body": html, "is_html": "on", **said,
        }  # fmt: skip
        answered = browse(member).post(
            reverse("resources:page_create", args=[member.cohort.slug]), form
        )
        assert answered.status_code == 302
        return Resource.objects.get(form_key=form["form_key"])

    return written


def address(html: str) -> str:
    return html.split('src="')[1].split('"')[0]


def seen(browse, html, *members):
    return [browse(member).get(address(html)).status_code for member in members]


def test_whoever_reads_the_page_sees_its_picture_and_nobody_else(browse, cast, put, write):
    html = put(cast.mia)
    everybody = (cast.mia, cast.theo, cast.tia, cast.obi, cast.fay, cast.olga)
    assert seen(browse, html, *everybody) == [200, 404, 404, 404, 404, 404]

    page = write(cast.mia, html)
    assert page.current_page.html == html
    assert html in browse(cast.obi).get(page.get_absolute_url()).content.decode()
    assert seen(browse, html, *everybody) == [200, 200, 200, 200, 200, 404]

    Resource.objects.update(audience=Audience.TEAM, team=cast.team)
    assert seen(browse, html, *everybody) == [200, 200, 404, 404, 200, 404]
    Resource.objects.update(audience=Audience.FACILITATORS, team=None)
    assert seen(browse, html, *everybody) == [404, 404, 404, 404, 200, 404]


def test_an_earlier_state_keeps_its_picture(browse, cast, put, write):
    html = put(cast.mia)
    page = write(cast.mia, html)
    services.edit_page(
        resource=page, editor=cast.fay, html="<p>Without.</p>", version=1,
        title="First days", kind="article", themes=[],
    )  # fmt: skip
    first = reverse("resources:written_page", args=[cast.cohort.slug, page.pk, 1])
    assert html in browse(cast.obi).get(first).content.decode()
    assert seen(browse, html, cast.obi) == [200]


def test_naming_a_picture_of_another_opens_it_to_nobody(browse, cast, put, write):
    waiting = put(cast.mia)
    write(cast.theo, waiting)
    assert seen(browse, waiting, cast.theo, cast.mia) == [404, 200]

    own = put(cast.mia)
    space = SpaceFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team)
    thread = forums.start_thread(space=space, author=cast.mia, title="Ours", themes=[], body=own)
    write(cast.mia, own)
    assert Attachment.objects.get(about_kind="", post__isnull=False).post.thread == thread
    assert seen(browse, own, cast.theo, cast.tia) == [200, 404]


def test_pictures_from_elsewhere_and_mere_addresses_go(cast, write):
    html = '<p>Words<img src="https://example.org/x.png"><img src="/c/x/y"></p>'
    assert write(cast.mia, html).current_page.html == "<p>Words</p>"


def test_what_got_into_no_page_is_swept_and_what_did_stays(
    browse, cast, put, write, files_kept, django_capture_on_commit_callbacks
):
    put(cast.mia)
    html = put(cast.mia)
    page = write(cast.mia, html)
    assert len(files_kept()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_attachments(timezone.now() + Attachment.WAITS * 2) == 1
    assert (seen(browse, html, cast.obi), len(files_kept())) == ([200], 1)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_resource(resource=page, actor=cast.mia)
    assert (Attachment.objects.count(), files_kept()) == (0, [])


def test_without_scripts_a_page_keeps_the_pictures_that_are_in_it(browse, cast, put, write):
    html = put(cast.mia)
    page = write(cast.mia, f"<p>Look:</p>{html}")
    form = (
        browse(cast.mia)
        .get(reverse("resources:resource_edit", args=[cast.cohort.slug, page.pk]))
        .context["form"]
    )
    typed = form["body"].value()
    answered = browse(cast.mia).post(
        reverse("resources:resource_edit", args=[cast.cohort.slug, page.pk]),
        {"title": "New title", "kind": "article", "themes": [page.themes.get().pk],
         "audience": "cohort", "language": "en", "body": typed, "version": "1"},
    )  # fmt: skip
    assert answered.status_code == 302
    page.refresh_from_db()
    assert (page.title, page.current_page.html) == ("New title", f"<p>Look:</p>{html}")


def test_a_page_takes_ten_pictures(browse, cast, themes):
    checked = [
        forums.add_attachment(
            member=cast.mia, checked=check_upload(ContentFile(jpeg((4, 4)), f"{n}.jpg"))
        )
        for n in range(11)
    ]
    form = {
        "title": "First days", "kind": "article", "themes": [themes["leaders"].pk],
        "audience": "cohort", "language": "en", "is_html": "on",
        "body": "".join(forums.attachment_html(each) for each in checked),
    }  # fmt: skip
    new = reverse("resources:page_create", args=[cast.cohort.slug])
    assert browse(cast.mia).post(new, form).status_code == 422
    assert not Resource.objects.exists()


def test_whoever_takes_a_page_along_has_its_pictures_beside_it(browse, cast, put, write):
    first, second, gone = put(cast.mia), put(cast.mia), put(cast.mia)
    page = write(cast.mia, gone, title="First days")
    other = page.get_absolute_url()
    services.edit_page(
        resource=page, editor=cast.mia, html=f'{first}{second}<p><a href="{other}">It</a></p>',
        version=1, title="First days", kind="article", themes=[],
    )  # fmt: skip
    place = reverse("resources:selection_zip", args=[cast.cohort.slug])
    answered = browse(cast.obi).get(place, {"r": page.pk})
    archive = ZipFile(io.BytesIO(answered.getvalue()))
    assert archive.namelist() == [
        "Article/First days.html", "Article/chart.jpg", "Article/chart (2).jpg",
        "index.html", "metadata.csv",
    ]  # fmt: skip
    html = archive.read("Article/First days.html").decode()
    assert re.findall(r'<img src="([^"]+)"', html) == ["chart.jpg", "chart%20%282%29.jpg"]
    assert f'<a href="{settings.BASE_URL}{other}"' in html
    kept = Attachment.objects.get(pk=address(second).split("/")[-2])
    assert archive.read("Article/chart (2).jpg") == kept.file.read()
