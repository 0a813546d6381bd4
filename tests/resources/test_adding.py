"""Several files at once, and links that bring their title."""

import uuid
from unittest import mock

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohort.files import NotStored
from cohort.public_web import Words
from resources import link_words as links
from resources.models import Resource
from resources.services.several import title_from
from tests import made_files as made

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def new(cohort) -> str:
    return reverse("resources:resource_create", args=[cohort.slug])


def filled(themes, **changes):
    return {
        "title": "",
        "kind": "agreement",
        "themes": [themes["leaders"].pk],
        "audience": "team",
        "language": "es",
        "form_key": str(uuid.uuid4()),
        **changes,
    }


def pdf(name="MOU_with the_hospital.pdf", words="Memorandum"):
    return SimpleUploadedFile(name, made.pdf(words))


# ---------------------------------------------------------------- several files


def test_several_files_become_a_resource_each_and_refused_ones_are_told(browse, cast, themes):
    files = [pdf(), SimpleUploadedFile("setup.exe", b"MZ" + bytes(600)), pdf("b.pdf")]
    mia = browse(cast.mia)

    answer = mia.post(new(cast.cohort), filled(themes, file=files, title="Not theirs"))

    added = list(Resource.objects.order_by("pk"))
    assert [(each.title, each.audience, each.language, each.added_by) for each in added] == [
        ("MOU with the hospital", "team", "es", cast.mia), ("b", "team", "es", cast.mia),
    ]  # fmt: skip
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert [words.split(":")[0] for words in told] == ["setup.exe"]
    page = mia.get(answer["Location"])
    assert [each.pk for each in page.context["added"]] == [each.pk for each in added]
    for each in added:
        assert reverse("resources:resource_edit", args=["spring", each.pk]) in page.content.decode()


def test_the_list_of_what_was_added_shows_ones_own_alone(browse, cast, add):
    mine, theirs = add(cast.mia, title="Mine"), add(cast.theo, title="His")
    address = reverse("resources:added_list", args=["spring"])
    for query in (
        f"?these={mine.pk}-{theirs.pk}-987654321",
        f"?these={mine.pk}-x-",
        "?these=%00",
        "",
    ):
        page = browse(cast.mia).get(address + query)
        shown = [each.title for each in page.context["added"]]
        assert shown == (["Mine"] if str(mine.pk) in query else [])


def test_the_same_form_sent_twice_adds_each_file_once(browse, cast, themes, files_kept):
    said, mia = filled(themes), browse(cast.mia)
    answers = [
        mia.post(new(cast.cohort), {**said, "file": [pdf(), pdf("b.pdf", "Other")]})
        for _ in range(2)
    ]
    assert len({answer["Location"] for answer in answers}) == 1
    assert (Resource.objects.count(), len(files_kept())) == (2, 2)


def test_no_more_than_twenty_at_once(browse, cast, themes, files_kept):
    files = [pdf(f"{number}.pdf") for number in range(21)]
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, file=files))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])
    assert (Resource.objects.count(), files_kept()) == (0, [])


def test_if_all_are_refused_each_is_told(browse, cast, themes):
    files = [SimpleUploadedFile(name, b"\x7fELF" + bytes(90)) for name in ("a", "b")]
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, file=files))
    told = answer.context["form"].errors["file"]
    assert [words.split(":")[0] for words in told] == ["a", "b"]


def test_a_script_is_answered_in_its_own_words(browse, cast, themes):
    mia = browse(cast.mia)
    said = filled(themes, title="Named", file=pdf())
    answer = mia.post(new(cast.cohort), said, **JSON)
    resource = Resource.objects.get()
    address = resource.get_absolute_url()
    assert (answer.status_code, answer.json()) == (
        201, {"title": "Named", "url": address, "edit": f"{address}edit/"},
    )  # fmt: skip
    again = {**said, "file": pdf()}
    assert mia.post(new(cast.cohort), again, **JSON).json()["url"] == address
    assert Resource.objects.count() == 1


def test_a_script_is_told_why_not(browse, cast, themes):
    mia = browse(cast.mia)
    bad = SimpleUploadedFile("a.exe", b"MZ" + bytes(90))
    answer = mia.post(new(cast.cohort), filled(themes, title="A", file=bad), **JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["file"])
    answer = mia.post(new(cast.cohort), {**filled(themes, kind=""), "themes": []}, **JSON)
    assert set(answer.json()["errors"]) == {"file", "kind", "themes"}
    with mock.patch("resources.services.add_resource", side_effect=NotStored):
        answer = mia.post(new(cast.cohort), filled(themes, title="A", file=pdf()), **JSON)
    assert (answer.status_code, list(answer.json())) == (503, ["error"])


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("MOU_with the_hospital.pdf", "MOU with the hospital"),
        ("two-year plan.v2.docx", "two-year plan.v2"),
        ("x" * 190 + ".pdf", "x" * 160),
        (".pdf", ".pdf"),
        ("協定書.pdf", "協定書"),
    ],
)
def test_a_title_from_a_name(name, title):
    assert title_from(name) == title


# ---------------------------------------------------------------- links


@pytest.fixture
def said(monkeypatch):
    """What pages say of themselves, and which were asked."""
    asked = []

    def words_of(url):
        asked.append(url)
        return None if "silent" in url else Words("A guide", "What it is for")

    monkeypatch.setattr(links, "words_of", words_of)
    return asked


def test_a_links_page_is_asked_for_its_words(browse, cast, said):
    address = reverse("resources:link_words", args=["spring"])
    mia = browse(cast.mia)
    full, empty = (
        {"title": "A guide", "description": "What it is for"},
        {"title": "", "description": ""},
    )
    for url, expected in [
        ("https://example.org/guide", full),
        (" example.org/guide ", full),
        ("https://example.org/silent", empty),
        ("javascript:alert(1)", empty),
        ("file:///etc/passwd", empty),
        ("", empty),
    ]:
        answer = mia.post(address, {"url": url})
        assert (answer.status_code, answer.json()) == (200, expected), url
    assert said == [
        "https://example.org/guide", "https://example.org/guide", "https://example.org/silent",
    ]  # fmt: skip


def test_a_member_may_not_ask_without_end(browse, cast, said, monkeypatch):
    monkeypatch.setattr(links, "MOST", 2)
    address = reverse("resources:link_words", args=["spring"])
    for member, titles in ((cast.mia, ["A guide", "A guide", "", ""]), (cast.theo, ["A guide"])):
        client = browse(member)
        got = [
            client.post(address, {"url": "https://example.org/"}).json()["title"] for _ in titles
        ]
        assert got == titles
    assert len(said) == 3


def test_without_scripts_a_link_without_title_gets_its_pages(browse, cast, themes, said):
    browse(cast.mia).post(new(cast.cohort), filled(themes, url="https://example.org/guide"))
    resource = Resource.objects.get()
    assert (resource.title, resource.description_text) == ("A guide", "What it is for")


@pytest.mark.parametrize("typed", [{"title": "Mine"}, {"title": "", "description": "Mine"}])
def test_what_was_typed_is_never_overwritten(browse, cast, themes, said, typed):
    said_so = filled(themes, url="https://example.org/guide", **typed)
    browse(cast.mia).post(new(cast.cohort), said_so)
    resource = Resource.objects.get()
    assert resource.title == (typed["title"] or "A guide")
    assert resource.description_text == typed.get("description", "")
    assert len(said) == (not typed["title"])


def test_a_page_that_says_nothing_leaves_the_title_to_be_typed(browse, cast, themes, said):
    answer = browse(cast.mia).post(
        new(cast.cohort), filled(themes, url="https://example.org/silent")
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["title"])


def test_words_of_others_never_become_html(browse, cast, themes, monkeypatch):
    monkeypatch.setattr(links, "words_of", lambda url: Words("<b>x</b>", "<script>x()</script>"))
    browse(cast.mia).post(new(cast.cohort), filled(themes, url="https://example.org/"))
    page = browse(cast.mia).get(Resource.objects.get().get_absolute_url()).content.decode()
    assert "<b>x" not in page
    assert "<script>x()" not in page
