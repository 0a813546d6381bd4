"""The bytes on their way out."""

from unittest import mock

import pytest
from django.urls import reverse
from storages.backends.s3 import S3Storage

from cohort.files import disposition
from resources.models import FileVersion, Resource

pytestmark = pytest.mark.django_db
TEXT = b"0123456789"


@pytest.fixture
def address(cast, add):
    resource = add(cast.mia, TEXT, "digits.txt")
    return reverse("resources:resource_download", args=[cast.cohort.slug, resource.pk])


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def downloads() -> int:
    return Resource.objects.get().download_count


def test_a_download_gives_the_bytes_as_an_attachment_that_nothing_runs_or_keeps(
    browse, cast, address
):
    answer = browse(cast.obi).get(address)

    assert body(answer) == TEXT
    assert {
        name: answer[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "Content-Length",
            "Content-Security-Policy",
            "Cache-Control",
            "Accept-Ranges",
            "X-Content-Type-Options",
            "Cross-Origin-Resource-Policy",
        )
    } == {
        "Content-Type": "text/plain",
        "Content-Disposition": 'attachment; filename="digits.txt"',
        "Content-Length": "10",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert downloads() == 1


def test_head_tells_the_same_without_the_bytes_and_counts_nothing(browse, cast, address):
    mia = browse(cast.mia)
    answer, got = mia.head(address), mia.get(address)

    assert body(answer) == b""
    assert dict(answer.headers) == dict(got.headers)
    assert downloads() == 1


@pytest.mark.parametrize(
    ("asked", "status", "range_told", "given"),
    [
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=4-", 206, "bytes 4-9/10", b"456789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=-99", 206, "bytes 0-9/10", TEXT),
        ("bytes=0-0", 206, "bytes 0-0/10", b"0"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=-0", 416, "bytes */10", b""),
        ("bytes=0-1,4-5", 200, None, TEXT),
        ("bytes=5-2", 200, None, TEXT),
        ("bytes=-", 200, None, TEXT),
        ("bytes=a-b", 200, None, TEXT),
        ("lines=0-3", 200, None, TEXT),
        ("bytes=" + "9" * 40 + "-", 200, None, TEXT),
    ],
)
def test_one_range_of_bytes_is_given(browse, cast, address, asked, status, range_told, given):
    answer = browse(cast.mia).get(address, headers={"range": asked})

    assert (answer.status_code, answer.get("Content-Range")) == (status, range_told)
    assert body(answer) == given
    assert answer["Content-Disposition"] == 'attachment; filename="digits.txt"'
    if status != 416:
        assert answer["Content-Length"] == str(len(given))


def test_the_rest_of_a_download_is_given_only_of_the_same_file(browse, cast, address):
    mia = browse(cast.mia)
    tag = mia.head(address)["ETag"]

    same = mia.get(address, headers={"range": "bytes=4-", "if-range": tag})
    other = mia.get(address, headers={"range": "bytes=4-", "if-range": '"other"'})

    assert (body(same), body(other)) == (b"456789", TEXT)
    assert downloads() == 1


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.pdf", 'attachment; filename="plan.pdf"'),
        (
            "Größe.pdf",
            "attachment; filename=\"Groe.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf",
        ),
        (
            "協定書.pdf",
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%8D%94%E5%AE%9A%E6%9B%B8.pdf",
        ),
        (
            '100% "ours".pdf',
            "attachment; filename=\"100_ _ours_.pdf\"; filename*=UTF-8''100%25%20%22ours%22.pdf",
        ),
        ("📎.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%F0%9F%93%8E.pdf"),
    ],
)
def test_names_travel_in_every_alphabet(name, header):
    assert disposition(name) == header
    assert header.isascii()


def test_bytes_that_are_gone_are_not_found_and_logged(browse, cast, address, files_kept, caplog):
    files_kept()[0].unlink()
    assert browse(cast.mia).get(address).status_code == 404
    assert "A file is missing that a row names" in caplog.text


def test_a_remote_store_gives_a_short_lived_address_after_the_same_check(browse, cast, address):
    store = S3Storage(
        bucket_name="cohort",
        access_key="a",
        secret_key="b",
        endpoint_url="https://s3.example.org",
        querystring_auth=True,
    )
    field = FileVersion._meta.get_field("file")
    with mock.patch.object(field, "storage", store):
        answer = browse(cast.mia).get(address)
        refused = browse(cast.olga).get(address)

    assert (answer.status_code, refused.status_code) == (302, 404)
    assert answer["Location"].startswith("https://s3.example.org/cohort/fileversion/")
    assert "response-content-disposition=attachment" in answer["Location"]
    assert "X-Amz-Expires=60" in answer["Location"] or "Expires=" in answer["Location"]
    assert answer["Cache-Control"] == "private, no-store"
