"""The same files, whether they lie on a disk or in a bucket."""

import io
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from cohort.file_checks import check
from cohort.files import NotStored, check_upload, stored
from cohort.storage import bucket
from forums.services.attachments import add_attachment
from resources import contents, services
from resources.models import FileVersion, PagePicture, Resource
from tests import made_files as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(store, cast):
    def added(data=b"0123456789", name="digits.txt"):
        return services.add_resource(
            added_by=cast.mia, title="Digits", kind=Resource.Kind.ARTICLE, themes=[],
            file=check_upload(ContentFile(data, name)),
        )  # fmt: skip

    return added


def address(resource: Resource, view: str = "resource_download", **more) -> str:
    where = {"cohort_slug": resource.cohort.slug, "resource_pk": resource.pk, **more}
    return reverse(f"resources:{view}", kwargs=where)


def taken(answer):
    """Bytes, type and name that a browser ends up with, wherever it is sent."""
    if answer.status_code == 302:
        with urllib.request.urlopen(answer["Location"]) as there:
            return there.read(), there.headers["Content-Type"], there.headers["Content-Disposition"]
    assert answer.status_code == 200
    return answer.getvalue(), answer["Content-Type"], answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("data", "name", "kind", "told"),
    [
        (b"0123456789", "digits.txt", "text/plain", 'attachment; filename="digits.txt"'),
        (
            made.pdf(), "協定書.pdf", "application/pdf",
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%8D%94%E5%AE%9A%E6%9B%B8.pdf",
        ),
    ],
)  # fmt: skip
def test_a_download_gives_the_bytes_with_type_and_name(browse, cast, add, data, name, kind, told):
    resource = add(data, name)
    assert taken(browse(cast.obi).get(address(resource))) == (data, kind, told)
    assert browse(cast.olga).get(address(resource)).status_code == 404


def test_head_tells_the_length_without_the_bytes(browse, cast, add):
    answer = browse(cast.mia).head(address(add()))
    headers = answer.headers
    if answer.status_code == 302:
        asked = urllib.request.Request(answer["Location"], method="HEAD")
        with urllib.request.urlopen(asked) as there:
            headers = there.headers
    assert (headers["Content-Length"], headers["Content-Type"]) == ("10", "text/plain")


def test_a_bucket_gives_a_file_for_a_minute_and_nothing_else(browse, cast, in_bucket):
    resource = services.add_resource(
        added_by=cast.mia, title="A", kind="article", themes=[],
        file=check_upload(ContentFile(b"hello", "a.txt")),
    )  # fmt: skip
    answer = browse(cast.mia).get(address(resource))
    asked = parse_qs(urlsplit(answer["Location"]).query)

    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["response-cache-control"] == ["private, no-store"]
    assert answer["Cache-Control"] == "private, no-store"
    assert resource.current_version.file.name in answer["Location"]


def test_the_rest_of_a_download_can_be_asked_for(browse, cast, add):
    answer = browse(cast.mia).get(address(add()), headers={"range": "bytes=4-"})
    if answer.status_code == 302:
        asked = urllib.request.Request(answer["Location"], headers={"Range": "bytes=4-"})
        with urllib.request.urlopen(asked) as there:
            assert (there.status, there.read()) == (206, b"456789")
    else:
        assert (answer.status_code, answer.getvalue()) == (206, b"456789")


def test_every_version_can_be_fetched(browse, cast, add):
    resource = add()
    newer = check_upload(ContentFile(b"new", "digits.txt"))
    services.add_version(resource=resource, added_by=cast.mia, file=newer)
    mia = browse(cast.mia)
    assert [
        taken(mia.get(where))[0]
        for where in (
            address(resource),
            address(resource, "version_download", number=1),
            address(resource, "version_download", number=2),
        )
    ] == [b"new", b"0123456789", b"new"]


def test_an_older_file_is_brought_back_from_where_it_lies(browse, cast, add):
    resource = add(b"the first one", "first.txt")
    file = check_upload(ContentFile(b"the second one", "second.txt"))
    services.add_version(resource=resource, added_by=cast.mia, file=file)
    mia = browse(cast.mia)
    mia.post(address(resource, "version_restoring", number=1))
    data, _kind, told = taken(mia.get(address(resource)))
    assert (data, told) == (b"the first one", 'attachment; filename="first.txt"')
    assert taken(mia.get(address(resource, "version_download", number=1)))[0] == data


def test_what_is_removed_is_gone_from_the_store(
    cast, add, django_capture_on_commit_callbacks
):  # fmt: skip
    resource = add()
    path = resource.current_version.file.name
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_resource(resource=resource, actor=cast.mia)
    assert not default_storage.exists(path)
    assert check().kept == set()


def test_no_row_means_no_file(add):
    with (
        pytest.raises(IntegrityError),
        stored(check_upload(ContentFile(b"x", "a.txt")), FileVersion),
    ):
        raise IntegrityError
    assert check().kept == set()


def test_the_check_finds_what_is_missing_and_what_has_no_row(add):
    resource = add()
    path = resource.current_version.file.name
    assert check().lines == []
    default_storage.save("fileversion/ab/orphan", ContentFile(b"x"))
    default_storage.delete(path)

    assert check().lines == [
        f"Missing: resources.FileVersion {resource.current_version.pk} names {path}",
        "Without a row: fileversion/ab/orphan",
    ]
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_files", "--delete-orphans", stdout=out, stderr=out)
    assert "orphan (younger than a day, kept)" in out.getvalue()


def test_a_file_that_is_gone_is_not_found(browse, cast, add):
    resource = add()
    default_storage.delete(resource.current_version.file.name)
    answer = browse(cast.mia).get(address(resource))
    if answer.status_code == 302:
        with pytest.raises(urllib.error.HTTPError, match=r"40[34]"):  # by what the key may do
            urllib.request.urlopen(answer["Location"])
    else:
        assert answer.status_code == 404


def test_previews_are_made_and_shown_in_place(browse, cast, add):
    resource = add(made.pdf(), "plan.pdf")
    assert contents.read_next()
    answer = browse(cast.mia).get(address(resource, "page_picture", number=1, page=1))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.getvalue()[8:12] == b"WEBP"
    default_storage.delete(PagePicture.objects.get().file.name)
    gone = browse(cast.mia).get(address(resource, "page_picture", number=1, page=1))
    assert gone.status_code == 404


def test_pictures_in_posts_and_portraits_come_in_place(browse, cast, store):
    picture = add_attachment(
        member=cast.mia, checked=check_upload(ContentFile(made.photo(), "us.jpg"))
    )
    cast.mia.user.photo.save("photo", ContentFile(b"RIFF    WEBP"))
    mia = browse(cast.mia)
    shown = mia.get(picture.get_absolute_url())
    portrait = mia.get(reverse("cohort:photo", args=[cast.mia.user_id]))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown.getvalue()[:2] == b"\xff\xd8"
    assert (portrait.status_code, portrait.getvalue()) == (200, b"RIFF    WEBP")


def test_a_zip_has_the_files_wherever_they_lie(browse, cast, add):
    kept, lost = add(), add(b"lost", "lost.txt")
    default_storage.delete(lost.current_version.file.name)
    answer = browse(cast.mia).get(
        reverse("resources:selection_zip", args=[cast.cohort.slug]), {"r": [kept.pk, lost.pk]}
    )
    archive = ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.namelist() == ["Article/digits.txt", "index.html", "metadata.csv"]
    assert archive.read("Article/digits.txt") == b"0123456789"


def test_a_bucket_that_is_away_is_told_where_something_is_brought_back(
    browse, cast, in_bucket, add, settings
):
    resource = add()
    store = bucket(in_bucket, endpoint="http://127.0.0.1:9", region="us-east-1")
    settings.STORAGES = {**settings.STORAGES, "default": store}
    where = address(resource, "version_restoring", number=1)
    answer = browse(cast.mia).post(where, follow=True)
    assert "nothing was changed" in str(next(iter(answer.context["messages"])))
    assert resource.versions.count() == 1


def test_a_store_that_is_away_is_told_in_time_and_nothing_is_kept(
    browse, cast, in_bucket, settings
):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket(in_bucket, endpoint="http://127.0.0.1:9", region="us-east-1"),
    }
    begun = time.monotonic()
    with pytest.raises(NotStored):
        services.add_resource(
            added_by=cast.mia, title="A", kind="article", themes=[],
            file=check_upload(ContentFile(b"hello", "a.txt")),
        )  # fmt: skip
    assert time.monotonic() - begun < 10
    assert not Resource.objects.exists()


def test_a_large_file_from_a_bucket_does_not_stand_in_memory(in_bucket):
    path = default_storage.save("fileversion/ab/large", ContentFile(b"x" * 3_000_000))
    with default_storage.open(path) as file:
        assert file.read(1) == b"x"
        assert file.file._rolled
