"""The library as a ZIP to take along."""

import csv
import io
import re
import secrets
import time
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohort.files import check_upload
from cohort.models import AuditEntry
from resources import services
from resources.models import Resource
from resources.taking import answer, luggage, zip_answer
from resources.taking.names import Names
from tests import made_files as made

pytestmark = pytest.mark.django_db


def unpacked(response) -> ZipFile:
    assert response.status_code == 200
    return ZipFile(io.BytesIO(response.getvalue()))


def rows_of(archive: ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("metadata.csv").decode("utf-8-sig"))))


@pytest.fixture
def take(browse, cast):
    """Ask for a ZIP of these as this member."""

    def taken(member, *resources):
        return browse(member).get(
            reverse("resources:selection_zip", args=[cast.cohort.slug]),
            {"r": [each.pk for each in resources]},
        )

    return taken


def test_a_selection_comes_with_its_files_an_index_and_a_table(cast, add, take):
    one = add(cast.mia, title="MOU with the port", description="Who does *what*", tags=["port"])
    slides = add(cast.tia, made.pptx_file(), "MOU.pptx", title="Slides", kind="slides")
    link = add(cast.mia, title="A guide", kind="article", url="https://example.org/guide?a=1&b=2")
    add(cast.mia, title="Not chosen")

    response = take(cast.obi, one, slides, link)
    archive = unpacked(response)

    assert (response["Content-Type"], response["Accept-Ranges"]) == ("application/zip", "none")
    assert re.fullmatch(
        r'attachment; filename="from-the-library-of-spring-\d{4}-\d\d-\d\d\.zip"',
        response["Content-Disposition"],
    )
    assert archive.namelist() == [
        "Partnership agreement/MOU.pdf", "Slides/MOU.pptx", "index.html", "metadata.csv",
    ]  # fmt: skip
    assert (
        archive.read("Slides/MOU.pptx")
        == default_storage.open(slides.current_version.file.name).read()
    )
    page = archive.read("index.html").decode()
    assert 'href="Partnership%20agreement/MOU.pdf">MOU with the port</a>' in page
    assert 'href="https://example.org/guide?a=1&amp;b=2"' in page
    assert "<script" not in page
    assert "Not chosen" not in page
    assert [
        (row["title"], row["kind"], row["tags"], row["team"], row["path"], row["link"])
        for row in rows_of(archive)
    ] == [
        ("MOU with the port", "Partnership agreement", "port", "Harbor",
         "Partnership agreement/MOU.pdf", ""),
        ("A guide", "Article", "", "Harbor", "", "https://example.org/guide?a=1&b=2"),
        ("Slides", "Slides", "", "River", "Slides/MOU.pptx", ""),
    ]  # fmt: skip


def test_the_newest_version_is_taken(cast, add, take):
    resource = add(cast.mia, b"first", "plan.txt")
    newer = check_upload(ContentFile(b"second", "plan.txt"))
    services.add_version(resource=resource, added_by=cast.mia, file=newer)
    archive = unpacked(take(cast.mia, resource))
    assert archive.read("Partnership agreement/plan.txt") == b"second"


def test_what_one_may_not_see_is_as_if_it_were_not_named(cast, add, take):
    common = add(cast.mia, title="Common")
    hidden = add(cast.mia, title="Zanzibar", audience="team")
    seen = rows_of(unpacked(take(cast.theo, common, hidden)))
    assert [row["title"] for row in seen] == ["Common", "Zanzibar"]

    archive = unpacked(take(cast.tia, common, hidden))

    assert [row["title"] for row in rows_of(archive)] == ["Common"]
    assert b"Zanzibar" not in b"".join(map(archive.read, archive.namelist()))
    assert take(cast.tia, hidden).status_code == 302


def test_whether_one_still_may_see_it_is_asked_as_each_is_put_in(cast, add, take):
    large = secrets.token_hex(200_000).encode()  # more than one piece of an archive
    first = add(cast.mia, large, "a.txt", title="A")
    second = add(cast.mia, title="Zanzibar")
    pieces = iter(take(cast.tia, first, second).streaming_content)
    begun = next(pieces)

    Resource.objects.filter(pk=second.pk).update(audience="team", team=cast.team)
    archive = ZipFile(io.BytesIO(begun + b"".join(pieces)))

    assert archive.namelist() == ["Partnership agreement/a.txt", "index.html", "metadata.csv"]
    assert [row["title"] for row in rows_of(archive)] == ["A"]
    assert b"Zanzibar" not in archive.read("index.html")


def test_whoever_is_removed_meanwhile_gets_no_more(cast, add, take):
    response = take(cast.tia, add(cast.mia))
    cast.tia.left_at = timezone.now()
    cast.tia.save()
    with pytest.raises(luggage.NoLongerHere):
        response.getvalue()


def test_a_file_that_is_gone_is_told_and_the_rest_is_there(cast, add, take, files_kept):
    lost = add(cast.mia, b"lost", "lost.txt", title="Lost")
    for path in files_kept():
        path.unlink()
    kept = add(cast.mia, b"kept", "kept.txt", title="Kept")

    archive = unpacked(take(cast.mia, kept, lost))

    assert archive.testzip() is None
    assert archive.namelist() == ["Partnership agreement/kept.txt", "index.html", "metadata.csv"]
    assert "1 file could not be put in whole" in archive.read("index.html").decode()
    assert [(row["title"], row["missing"], row["path"]) for row in rows_of(archive)] == [
        ("Kept", "", "Partnership agreement/kept.txt"),
        ("Lost", "yes", ""),
    ]


def test_a_file_that_is_shorter_than_it_was_is_told(cast, add, take, files_kept):
    resource = add(cast.mia, b"0123456789", "plan.txt")
    files_kept()[0].write_bytes(b"0123")
    archive = unpacked(take(cast.mia, resource))
    assert archive.read("Partnership agreement/plan.txt") == b"0123"
    assert [row["missing"] for row in rows_of(archive)] == ["yes"]


def test_nothing_in_the_table_is_a_formula_and_nothing_in_the_index_runs(cast, add, take):
    nasty = add(
        cast.mia, url="https://example.org/", title='=HYPERLINK("x")<img src=x onerror=y>',
        used_for="@SUM(1)",
    )  # fmt: skip
    archive = unpacked(take(cast.mia, nasty))
    assert [(row["title"][:2], row["how we used it"]) for row in rows_of(archive)] == [
        ("'=", "'@SUM(1)")
    ]
    assert "<img" not in archive.read("index.html").decode()


def test_nothing_ticked_leads_back_in_words(browse, cast, add):
    client = browse(cast.mia)
    add(cast.mia)
    address = reverse("resources:selection_zip", args=[cast.cohort.slug])
    for asked in ("", "?r=x", "?r=99999999999999999999999", "?r=-1", "?r=%00"):
        answered = client.get(address + asked, follow=True)
        assert "Tick what you want to take along" in answered.content.decode()


def test_everything_leaves_an_audit_row_and_asks_who_is_there(browse, cast, add, client):
    add(cast.mia, audience="team", title="Of a team")
    add(cast.tia, title="For all")
    address = reverse("resources:library_zip", args=[cast.cohort.slug])
    tia = browse(cast.tia)
    asked = tia.post(address)
    assert (asked.status_code, "next=" in asked["Location"]) == (302, True)
    confirm(tia)
    page = tia.get(reverse("resources:library_take", args=[cast.cohort.slug]))
    archive = unpacked(tia.post(address))

    assert "1 resource," in page.content.decode()
    assert [row["title"] for row in rows_of(archive)] == ["For all"]
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.subject, entry.actor_pk, entry.details) == (
        "library.exported", "Spring", cast.tia.user_id, {"resources": 1},
    )  # fmt: skip


def confirm(client) -> None:
    """As if this browser had just signed in."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(client.session["_auth_user_id"])
    session.save()


def test_a_look_at_the_headers_makes_nothing(browse, cast, add):
    add(cast.mia)
    asked = browse(cast.mia).head(
        reverse("resources:selection_zip", args=[cast.cohort.slug]),
        {"r": Resource.objects.get().pk},
    )
    assert (asked.status_code, asked.streaming, asked["Content-Type"]) == (
        200, False, "application/zip",
    )  # fmt: skip


def test_two_at_once_are_enough(cast, add, take):
    resource = add(cast.mia)
    begun = [take(cast.mia, resource) for _ in range(answer.ZIPS_AT_ONCE)]
    assert take(cast.mia, resource).status_code == 429
    assert unpacked(take(cast.tia, resource)).testzip() is None
    begun[0].getvalue()
    assert take(cast.mia, resource).status_code == 200


def test_names_are_given_once_on_every_file_system():
    names = Names()
    asked = ["plan.pdf", "Plan.PDF", "plan.pdf", "plan (2).pdf", "note"]
    assert [names.of("Data / dashboard: 1", name) for name in asked] == [
        "Data - dashboard- 1/plan.pdf",
        "Data - dashboard- 1/Plan (2).PDF",
        "Data - dashboard- 1/plan (3).pdf",
        "Data - dashboard- 1/plan (2) (2).pdf",
        "Data - dashboard- 1/note",
    ]


def test_a_service_of_others_takes_rows_or_keys(rf: RequestFactory, cast, add):
    resource = add(cast.mia)
    request = rf.get("/")
    request.user, request.membership = cast.mia.user, cast.mia
    for given in ([resource], [resource.pk], Resource.objects.all()):
        archive = unpacked(zip_answer(request, given, title="Before session 4"))
        assert [row["title"] for row in rows_of(archive)] == ["Agreement"]


def test_what_is_asked_of_the_database_grows_evenly(cast, add, take):
    take(cast.mia, add(cast.mia)).getvalue()  # the first visit is noted
    counts = []
    for number in range(3):
        add(cast.mia, title=f"{number}")
        with CaptureQueriesContext(connection) as queries:
            take(cast.mia, *Resource.objects.all()).getvalue()
        counts.append(len(queries))
    assert {counts[1] - counts[0], counts[2] - counts[1]} == {4}


def test_taking_does_not_count_as_downloads(cast, add, take):
    take(cast.mia, add(cast.mia)).getvalue()
    assert Resource.objects.get().download_count == 0


def test_a_page_written_here_comes_as_a_file_of_its_own(cast, themes, take):
    page = services.add_resource(
        added_by=cast.mia, title="Our first: ninety days/2", kind="article",
        themes=[themes["leaders"]], page='<p>Begin <a href="/c/spring/">here</a>.</p>',
        audience="team",
    )  # fmt: skip
    archive = unpacked(take(cast.mia, page))

    assert archive.namelist()[0] == "Article/Our first- ninety days-2.html"
    said = archive.read(archive.namelist()[0]).decode()
    assert f'<p>Begin <a href="{settings.BASE_URL}/c/spring/">here</a>.</p>' in said
    assert "<script" not in said
    (row,) = rows_of(archive)
    assert (row["path"], row["type"], row["for"]) == (archive.namelist()[0], "Page", "Harbor")
    index = archive.read("index.html").decode()
    assert (
        'href="Article/Our%20first-%20ninety%20days-2.html">Our first: ninety days/2</a>' in index
    )


def listed(owner, *resources, **said):
    """A list of these, each with a word on why."""
    collection = services.add_collection(owner=owner, title="Before session 4", **said)
    for resource in resources:
        services.place_resource(resource=resource, member=owner, chosen={collection.pk})
    for item in collection.items.all():
        services.note_item(item=item, note=f"Why {item.resource.title}")
    return collection


def taken_by(browse, member, collection):
    place = reverse("resources:collection_zip", args=[member.cohort.slug, collection.pk])
    return browse(member).get(place)


def test_the_years_in_a_name_stay_apart(browse, cast, add):
    collection = listed(cast.mia, add(cast.mia))
    type(collection).objects.filter(pk=collection.pk).update(title="Plans 2026–27")
    response = taken_by(browse, cast.mia, collection)
    assert 'filename="plans-2026-27-' in response["Content-Disposition"]
    response.close()


def test_a_reading_list_comes_in_its_order_with_the_words_on_why(browse, cast, add):
    slides = add(cast.tia, made.pptx_file(), "Deck.pptx", title="Slides", kind="slides")
    link = add(cast.mia, title="A guide", kind="article", url="https://example.org/")
    rivers = add(cast.tia, title="River's own", audience="team")
    plan = add(cast.mia, title="A plan", kind="action_plan")
    add(cast.mia, title="Not in it")
    collection = listed(cast.fay, slides, link, rivers, plan, is_private=False)

    response = taken_by(browse, cast.obi, collection)
    archive = unpacked(response)
    assert 'filename="before-session-4-' in response["Content-Disposition"]
    assert [(row["title"], row["why it is here"]) for row in rows_of(archive)] == [
        ("Slides", "Why Slides"), ("A guide", "Why A guide"), ("A plan", "Why A plan"),
    ]  # fmt: skip
    page = archive.read("index.html").decode()
    assert re.findall(r"<strong>(Why [^<]+)</strong>", page) == [
        "Why Slides", "Why A guide", "Why A plan",
    ]  # fmt: skip
    assert "River&#x27;s own" not in page
    with_all = rows_of(unpacked(taken_by(browse, cast.fay, collection)))
    assert [row["title"] for row in with_all] == ["Slides", "A guide", "River's own", "A plan"]


def test_a_list_of_one_s_own_is_nobody_else_s_to_take(browse, cast, add):
    collection = listed(cast.mia, add(cast.mia, title="Mine"))
    assert [row["title"] for row in rows_of(unpacked(taken_by(browse, cast.mia, collection)))] == [
        "Mine"
    ]
    others = [taken_by(browse, member, collection) for member in (cast.fay, cast.theo)]
    assert [answered.status_code for answered in others] == [404, 404]


def test_an_empty_list_leads_back_to_itself(browse, cast):
    collection = services.add_collection(owner=cast.mia, title="Nothing yet")
    assert taken_by(browse, cast.mia, collection)["Location"] == collection.get_absolute_url()
