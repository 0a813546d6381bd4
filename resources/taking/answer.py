"""An archive as the answer to a request."""

from collections.abc import Iterable, Mapping

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from cohort.access import MemberRequest, signed_in_user
from cohort.files import disposition
from cohort.files.answers import HEADERS
from cohort.files.archives import zipped
from cohort.files.places import Places, too_many
from resources.models import Resource
from resources.taking.luggage import Luggage

ZIPS_AT_ONCE = 2
under_way = Places(ZIPS_AT_ONCE)


def zip_answer(
    request: MemberRequest,
    resources: Iterable[Resource] | Iterable[int],
    *,
    title: str,
    notes: Mapping[int, str] | None = None,
) -> HttpResponseBase:
    """These resources, or those with these keys, as far as the member may see them, as a ZIP.

    Whether they still may is asked again for each at the moment it is put in. `title` heads the
    index and names the file. With `notes`, words by key, they stay in the order they are given and
    the index tells the words; otherwise they come by kind. Whoever has two under way is asked to
    wait (429).
    """
    person = signed_in_user(request).pk
    if not under_way.has_room(person):
        return too_many(request)
    luggage = Luggage(request.membership, resources, title, notes)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(zipped(luggage.members()))
        under_way.keep(person, response)
    for header, value in {**HEADERS, "Accept-Ranges": "none"}.items():
        response.headers[header] = value
    response.headers["Content-Type"] = "application/zip"
    day = timezone.localtime(luggage.begun_at).strftime("%Y-%m-%d")
    # Years are written 2026–27: the dash stays one.
    said = slugify(title.replace("–", "-"))[:60].strip("-")
    name = f"{said or 'library'}-{day}.zip"
    response.headers["Content-Disposition"] = disposition(name)
    return response
