"""Private files on their way out: as attachments that no browser runs and no cache keeps.

Call only after the same check that its page makes.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)

from cohort.access import signed_in_user
from cohort.files.places import Places, too_many

log = logging.getLogger(__name__)
SIGNED_FOR = 60  # seconds
CHUNK = 64 * 1024
# As many as a browser asks one site for, and some: pictures in pages are not counted.
DOWNLOADS_AT_ONCE = 8
downloads = Places(DOWNLOADS_AT_ONCE)
# Nothing in a file runs, is shown by other sites, or stays in a cache.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}


class WholeFile(FileResponse):
    """In pieces that are worth a way through a thread."""

    block_size = CHUNK


@dataclass(frozen=True)
class Stretch:
    """The bytes asked for: from `start`, `length` of them."""

    start: int
    length: int


def private_answer(
    request: HttpRequest,
    file: FieldFile,
    *,
    name: str,
    content_type: str,
    etag: str,
    inline: bool = False,
) -> HttpResponseBase:
    """The file itself, or where a remote store holds it, a redirect to a short-lived address.

    Answers GET and HEAD, and one range of bytes (RFC 9110 §14). `inline` is for pictures shown in
    pages: they come from here wherever they lie, as pages show none from elsewhere. Who has many
    downloads under way is asked to wait (429). Raises Http404 if the bytes are gone.
    """
    path = file.name or ""
    try:
        file.storage.path(path)
    except NotImplementedError:
        if not inline:
            return _signed_redirect(request, file, name, content_type)
    person = signed_in_user(request).pk
    if not inline and not downloads.has_room(person):
        return too_many(request)
    try:
        content = file.storage.open(path, "rb")
    except FileNotFoundError as error:
        log.exception("A file is missing that a row names")
        raise Http404 from error
    tag = f'"{etag}"'
    response = _answer(request, content, requested_stretch(request, content.size, tag))
    for header, value in HEADERS.items():
        response.headers[header] = value
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response.headers["ETag"] = tag
    if response.streaming and not inline:
        downloads.keep(person, response)
    return response


def _answer(request: HttpRequest, content: IO[bytes], stretch: Stretch | None) -> HttpResponseBase:
    size = content.size  # type: ignore[attr-defined]
    if stretch and not stretch.length:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    length = stretch.length if stretch else size
    if request.method == "HEAD":
        content.close()
        response: HttpResponseBase = HttpResponse()
    elif stretch:
        response = StreamingHttpResponse(_read(content, stretch))
    else:
        response = WholeFile(content)
    response.headers["Content-Length"] = str(length)
    if stretch:
        response.status_code = 206
        last = stretch.start + stretch.length - 1
        response.headers["Content-Range"] = f"bytes {stretch.start}-{last}/{size}"
    return response


_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$", re.ASCII)


def requested_stretch(request: HttpRequest, size: int, tag: str) -> Stretch | None:
    """The one range asked for; of length 0 if it lies outside; None for the whole file.

    Several ranges, other units and malformed ones are answered with the whole, as is a range of
    another state of the file (RFC 9110 §13.1.5, §14.2).
    """
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:  # the last so many bytes
        length = min(int(last), size)
        return Stretch(size - length, length)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    return Stretch(start, max(0, end - start + 1))


def _read(content: IO[bytes], stretch: Stretch) -> Iterator[bytes]:
    with content:
        content.seek(stretch.start)
        left = stretch.length
        while left and (chunk := content.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _signed_redirect(
    request: HttpRequest, file: FieldFile, name: str, content_type: str
) -> HttpResponseRedirect:
    address = file.storage.url(  # type: ignore[call-arg]
        file.name,
        parameters={
            "ResponseContentDisposition": disposition(name),
            "ResponseContentType": content_type,
            "ResponseCacheControl": "private, no-store",
        },
        expire=SIGNED_FOR,
        http_method=request.method,
    )
    return HttpResponseRedirect(address, headers={"Cache-Control": "private, no-store"})


def disposition(name: str, *, inline: bool = False) -> str:
    """An attachment, or a picture in place. Its name in every alphabet and in ASCII (RFC 6266)."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    ascii_name = re.sub(r'[^ -~]|["\\%]', "_", ascii_name).strip()
    if not ascii_name.rpartition(".")[0].strip():
        ascii_name = f"file{ascii_name[ascii_name.rfind('.') :]}" if "." in ascii_name else "file"
    kind = "inline" if inline else "attachment"
    if ascii_name == name:
        return f'{kind}; filename="{name}"'
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
