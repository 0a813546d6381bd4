"""Uploads that stop halfway."""

import io

import pytest
from django.urls import reverse

from resources.models import Resource

pytestmark = pytest.mark.django_db


class Cable(io.RawIOBase):
    """A request's body of which the rest never comes."""

    def __init__(self, sent: bytes) -> None:
        self.sent = io.BytesIO(sent)

    def read(self, size: int = -1) -> bytes:
        if piece := self.sent.read(size):
            return piece
        raise ConnectionResetError


@pytest.mark.parametrize("size", [1_000, 6_000_000], ids=["in memory", "on disk"])
def test_nothing_stays_of_an_upload_that_breaks_off(browse, cast, settings, tmp_path, size):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    (tmp_path / "uploads").mkdir()
    head = (
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nAgreement\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    client = browse(cast.mia)
    client.raise_request_exception = False

    answer = client.generic(
        "POST",
        reverse("resources:resource_create", args=[cast.cohort.slug]),
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Cable(head + b"a" * size), "CONTENT_LENGTH": str(25_000_000)},
    )

    assert answer.status_code >= 400  # nobody is there to read it
    assert not Resource.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
