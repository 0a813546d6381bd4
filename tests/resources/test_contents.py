"""What a worker reads out of files, and what a bad file costs."""

import io
import zipfile
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cohort.limited import MB, Unfinished, run_limited
from cohort.models import Audience
from resources import contents, services, tasks
from resources.models import Contents, PagePicture, Resource
from resources.queries import shelf
from tests import made_files as made

pytestmark = pytest.mark.django_db


def searched(member, words):
    """What the library's page shows, asked for words."""
    return shelf(member, {}, query=words).lines


def keys(resources) -> list[int]:
    return [each.pk for each in resources]


def read_all() -> None:
    while contents.read_next():
        pass


def read_of(resource) -> Contents:
    return Contents.objects.get(version=resource.current_version)


def jpeg(size=(3000, 2000)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


def pages(resource, number=1, page=1) -> str:
    return reverse("resources:page_picture", args=[resource.cohort.slug, resource.pk, number, page])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", made.pdf("Clinical placements at the harbor"), "placements"),
        ("a.docx", made.docx_file("Clinical placements at the harbor"), "placements"),
        ("a.xlsx", made.xlsx(), "employer works"),
        ("a.pptx", made.pptx_file(), "year"),
        ("a.csv", b"\xef\xbb\xbfemployer,seats\nHarbor Works,12\n", "seats"),
        ("a.txt", "Praktikumsplätze am Hafen".encode("utf-16"), "Hafen"),
        ("a.md", b"# Placements\n\x00".replace(b"\x00", b""), "placements"),
    ],
)
def test_the_words_inside_a_file_are_found_and_marked(mia, add, name, data, words):
    resource = add(mia, data, name, title="Untold")
    add(mia, made.pdf("Something else"), "b.pdf", title="Other")
    assert searched(mia, words) == []

    read_all()

    found = searched(mia, words)
    assert keys(found) == [resource.pk]
    assert f"<mark>{words.split()[0].lower()}" in found[0].headline.lower()
    assert read_of(resource).state == "read"


def test_what_is_said_of_a_resource_weighs_more_than_what_its_file_says(mia, add):
    inside = add(mia, made.pdf("apprenticeship " * 3), title="Deck")
    told = add(mia, made.pdf("words"), "b.pdf", title="Apprenticeship agreement")
    read_all()
    assert keys(searched(mia, "apprenticeship")) == keys([told, inside])


def test_of_very_many_the_newest_and_those_that_say_it_themselves_are_weighed(mia, add):
    told = add(mia, made.pdf("words"), "told.pdf", title="Apprenticeship agreement")
    once, twice, thrice = (
        add(mia, made.pdf("apprenticeship " * n), f"{n}.pdf", title="Deck") for n in (1, 2, 3)
    )
    read_all()

    assert keys(searched(mia, "apprenticeship")) == keys([told, thrice, twice, once])
    with mock.patch("resources.queries.shelf.MOST_WEIGHED", 3):
        found = shelf(mia, {}, query="apprenticeship")
    assert keys(found.lines) == keys([told, thrice, twice])
    assert sum(found.counts["kind"].values()) == 4


def test_only_the_version_of_now_is_searched_and_only_by_those_who_see_it(mia, tia, add):
    resource = add(mia, made.pdf("zymurgy"), audience=Audience.TEAM)
    read_all()
    assert keys(searched(mia, "zymurgy")) == [resource.pk]
    assert searched(tia, "zymurgy") == []

    from django.core.files.base import ContentFile

    from cohort.files import check_upload

    newer = check_upload(ContentFile(made.pdf("brewing"), "b.pdf"))
    services.add_version(resource=resource, added_by=mia, file=newer, note="Clearer")
    read_all()
    assert searched(mia, "zymurgy") == []
    assert keys(searched(mia, "brewing")) == [resource.pk]


def test_pages_are_drawn_no_larger_than_a_screen(mia, add, files_kept):
    resource = add(mia, jpeg(), "photo.jpg")
    read_all()
    picture = PagePicture.objects.get()
    assert (picture.width, picture.height) == (1200, 800)
    with Image.open(default_storage.open(picture.file.name)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1200, 800))
    assert len(files_kept()) == 2
    assert read_of(resource).pages is None


def test_a_pdf_without_tags_and_language_is_told_to_those_who_can_mend_it(browse, cast, add):
    resource = add(cast.mia)
    read_all()
    assert read_of(resource).findings == ["untagged", "no_language"]
    hint = "It has no tags"
    assert hint in browse(cast.mia).get(resource.get_absolute_url()).content.decode()
    assert hint not in browse(cast.tia).get(resource.get_absolute_url()).content.decode()


def cut_off(data: bytes, part: str) -> bytes:
    """An Office file of which one part ends in the middle."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(out, "w") as damaged:
        for name in whole.namelist():
            content = whole.read(name)
            damaged.writestr(name, content[: len(content) // 2] if name == part else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.7\nnothing of the kind"),
        ("a.odt", made.odt()),
        ("a.docx", cut_off(made.docx_file("words"), "word/document.xml")),
        ("a.xlsx", cut_off(made.xlsx(), "xl/workbook.xml")),
    ],
)
def test_a_damaged_file_costs_its_preview_and_nothing_else(browse, cast, add, name, data):
    bad = add(cast.mia, data, name, title="Bad")
    good = add(cast.mia, made.pdf("good"), title="Good")
    read_all()
    assert [read_of(each).state for each in (bad, good)] == ["failed", "read"]
    assert (read_of(bad).text, read_of(bad).tries, read_of(bad).pictures.count()) == ("", 1, 0)
    assert keys(searched(cast.mia, "good")) == [good.pk]
    page = browse(cast.mia).get(bad.get_absolute_url())
    assert "We could not look inside this file" in page.content.decode()
    file = reverse("resources:resource_download", args=[cast.cohort.slug, bad.pk])
    assert b"".join(browse(cast.obi).get(file)) == data


def test_a_picture_that_unpacks_to_more_than_there_is_room_for_is_given_up(mia, add):
    resource = add(mia, jpeg((5000, 5000)), "a.jpg")
    with mock.patch.object(contents, "MEMORY", 100 * MB):
        read_all()
    assert read_of(resource).state == "failed"
    assert PagePicture.objects.count() == 0


def test_what_hangs_is_ended():
    with pytest.raises(Unfinished) as stopped:
        run_limited("tests.resources.endless", seconds=1, memory=512 * MB)
    assert stopped.value.was_stopped


def test_the_process_that_reads_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hush")
    said = run_limited("tests.resources.surroundings", seconds=5, memory=512 * MB)
    assert b"OPENBLAS_NUM_THREADS" in said
    assert b"hush" not in said


def test_a_store_that_is_away_is_asked_again_and_at_last_not_any_more(mia, add):
    resource = add(mia)
    with mock.patch.object(default_storage, "open", side_effect=OSError):
        for _try in range(3):
            assert contents.read_next()
            assert not contents.read_next()
            Contents.objects.update(not_before=timezone.now())
    assert (read_of(resource).state, read_of(resource).tries) == ("failed", 3)


def test_a_long_text_is_kept_as_far_as_one_search_holds_it(mia, add):
    words = " ".join(f"wort{number:x}ä" for number in range(100_000))
    resource = add(mia, words.encode(), "long.txt")
    read_all()
    kept = read_of(resource)
    assert kept.state == "read"
    assert 100_000 < len(kept.text) <= 500_000
    assert keys(searched(mia, "wort1ä")) == [resource.pk]


def test_pictures_go_with_their_resource(mia, add, files_kept, django_capture_on_commit_callbacks):
    resource = add(mia)
    read_all()
    assert len(files_kept()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_resource(resource=resource, actor=mia)
    assert files_kept() == []


def test_a_resource_removed_while_it_was_read_leaves_no_picture(mia, add, files_kept):
    add(mia)

    def remove_first(*arguments, **options):
        said = run_limited(*arguments, **options)
        Resource.objects.all().delete()
        return said

    with mock.patch.object(contents, "run_limited", side_effect=remove_first):
        read_all()

    assert PagePicture.objects.count() == 0
    assert len(files_kept()) == 1  # the version's own, which `remove_resource` would have taken


def test_the_beat_tells_a_worker_of_files_that_wait(mia, add, django_capture_on_commit_callbacks):
    add(mia)
    with mock.patch.object(tasks.read_files, "delay") as told:
        with django_capture_on_commit_callbacks(execute=True):
            assert tasks.look_for_files(timezone.now()) == 0
        told.assert_called_once_with()
        read_all()
        with django_capture_on_commit_callbacks(execute=True):
            tasks.look_for_files(timezone.now())
        told.assert_called_once_with()


# ---------------------------------------------------------------- the page


def test_a_page_shows_the_first_pages_and_a_picture_is_asked_for_once(browse, cast, add):
    resource = add(cast.mia)
    mia = browse(cast.mia)
    assert "A preview is being made" in mia.get(resource.get_absolute_url()).content.decode()
    read_all()

    assert pages(resource) in mia.get(resource.get_absolute_url()).content.decode()
    answer = mia.get(pages(resource))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "private, no-cache")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = mia.get(pages(resource), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_word_file_shows_how_it_begins(browse, cast, add):
    resource = add(cast.mia, made.docx_file("<b>Purpose</b> statement"), "a.docx")
    read_all()
    page = browse(cast.mia).get(resource.get_absolute_url()).content.decode()
    assert "Its text" in page
    assert "&lt;b&gt;Purpose&lt;/b&gt; statement" in page


def test_every_version_can_be_fetched_and_says_what_changed(browse, cast, themes, add):
    resource = add(cast.mia, made.pdf("one"), "one.pdf")
    mia = browse(cast.mia)
    edit = reverse("resources:resource_edit", args=[cast.cohort.slug, resource.pk])
    new = {
        "title": "Agreement", "kind": "agreement", "themes": themes["leaders"].pk,
        "audience": "cohort", "note": "  Dates <b>moved</b> ",
        "file": io.BytesIO(made.pdf("two")),
    }  # fmt: skip
    new["file"].name = "two.pdf"
    assert mia.post(edit, new).status_code == 302

    def given(number) -> bytes:
        address = reverse(
            "resources:version_download", args=[cast.cohort.slug, resource.pk, number]
        )
        return b"".join(browse(cast.tia).get(address).streaming_content)

    assert (given(1), given(2)) == (made.pdf("one"), made.pdf("two"))
    page = mia.get(resource.get_absolute_url()).content.decode()
    assert "Dates &lt;b&gt;moved&lt;/b&gt;" in page
    assert mia.get(f"{resource.get_absolute_url()}versions/3/file/").status_code == 404
