"""Resources that are written here."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cohort.models import Audience
from resources import services
from resources.models import Resource, WrittenPage
from tests.resources import offered

pytestmark = pytest.mark.django_db


def new(cohort) -> str:
    return reverse("resources:page_create", args=[cohort.slug])


def edit(resource) -> str:
    return reverse("resources:resource_edit", args=[resource.cohort.slug, resource.pk])


def filled(themes, **changes):
    return {
        "title": "First ninety days",
        "kind": "article",
        "themes": [themes["leaders"].pk],
        "audience": "cohort",
        "language": "en",
        "form_key": str(uuid.uuid4()),
        "body": "<p>Listen <strong>first</strong>.</p>",
        "is_html": "on",
        **changes,
    }


@pytest.fixture
def write(themes):
    def written(member, html="<p>Listen <strong>first</strong>.</p>", **said):
        given = {"title": "First ninety days", "kind": "article", "themes": [themes["leaders"]]}
        return services.add_resource(added_by=member, page=html, **{**given, **said})

    return written


def test_a_page_is_written_kept_clean_and_read(browse, cast, themes):
    body = '<p>Listen <strong>first</strong>.<script>x()</script><img src="/c/x/y"></p>'
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, body=body))

    resource = Resource.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, resource.get_absolute_url())
    page = resource.current_page
    assert (page.number, page.html, page.text, page.written_by) == (
        1, "<p>Listen <strong>first</strong>.</p>", "Listen first.", cast.mia,
    )  # fmt: skip
    assert page.html in browse(cast.obi).get(resource.get_absolute_url()).content.decode()


def test_without_scripts_plain_text_becomes_a_page(browse, cast, themes):
    typed = "Listen.\r\n\r\n- one\r\n- two"
    browse(cast.mia).post(new(cast.cohort), filled(themes, body=typed, is_html=""))
    assert WrittenPage.objects.get().html == "<p>Listen.</p><ul><li>one</li><li>two</li></ul>"


@pytest.mark.parametrize(
    "body", ["", "<p></p>", "<p><br></p>", "<p>" + "x" * 20_001 + "</p>", "<i>" * 100_000]
)
def test_nothing_or_too_much_is_refused_and_comes_back(browse, cast, themes, body):
    answer = browse(cast.mia).post(new(cast.cohort), filled(themes, body=body))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["body"])
    assert not Resource.objects.exists()


def test_the_button_pressed_twice_adds_once(browse, cast, themes):
    said, mia = filled(themes), browse(cast.mia)
    answers = [mia.post(new(cast.cohort), said) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert (Resource.objects.count(), WrittenPage.objects.count()) == (1, 1)


def test_its_words_are_found_by_those_who_may_read_it_alone(browse, cast, write):
    write(cast.mia, "<p>The gate opens at six, says the plover.</p>")
    write(cast.mia, "<p>Our own plover.</p>", title="Harbor's", audience=Audience.TEAM)

    def found(member):
        page = browse(member).get(
            reverse("resources:resource_list", args=["spring"]), {"q": "plover"}
        )
        return [(hit.title, hit.headline) for hit in page.context["shelf"].lines]

    for_all = (
        "First ninety days", "The gate opens at six, says the <mark>plover</mark>.",
    )  # fmt: skip
    assert found(cast.tia) == [for_all]
    assert found(cast.theo) == [("Harbor's", "Our own <mark>plover</mark>."), for_all]


def test_pages_are_a_type_of_their_own_among_the_facets(browse, cast, write, add):
    write(cast.mia)
    add(cast.mia, url="https://example.org/")
    page = browse(cast.mia).get(
        reverse("resources:resource_list", args=["spring"]), {"type": "page"}
    )
    assert offered(page, "type") == ["Link (1)", "Page (1)"]
    assert [each.title for each in page.context["shelf"].lines] == ["First ninety days"]


def test_editing_keeps_what_was_there_as_a_version_that_can_be_read(browse, cast, themes, write):
    resource = write(cast.mia)
    form = browse(cast.fay).get(edit(resource)).context["form"]
    assert (form["version"].value(), form["body"].value()) == (1, "Listen **first**.")
    assert form.fields["body"].html == resource.current_page.html

    changed = filled(themes, title="Ninety", body="<p>Then speak.</p>", version=1)
    assert browse(cast.fay).post(edit(resource), changed).status_code == 302

    resource.refresh_from_db()
    assert resource.title == "Ninety"
    assert [(page.number, page.text, page.written_by) for page in resource.pages.all()] == [
        (2, "Then speak.", cast.fay), (1, "Listen first.", cast.mia),
    ]  # fmt: skip
    first = reverse("resources:written_page", args=["spring", resource.pk, 1])
    assert first in browse(cast.obi).get(resource.get_absolute_url()).content.decode()
    assert "<strong>first</strong>" in browse(cast.obi).get(first).content.decode()


def test_of_two_who_edit_at_once_the_second_sees_both_and_decides(browse, cast, themes, write):
    resource = write(cast.mia)
    said = filled(themes, version=1)
    browse(cast.fay).post(edit(resource), {**said, "body": "<p>Fay's.</p>"})

    mine = {**said, "title": "Mine", "body": "<p>Mia's.</p>"}
    answer = browse(cast.mia).post(edit(resource), mine)

    resource.refresh_from_db()
    assert answer.status_code == 409
    assert (resource.title, resource.current_page.text) == ("First ninety days", "Fay's.")
    shown = answer.context["form"]
    assert (shown["title"].value(), shown.fields["body"].html) == ("Mine", "<p>Mia's.</p>")
    assert "<p>Fay&#x27;s.</p>" not in answer.content.decode()
    assert "<p>Fay's.</p>" in answer.content.decode()

    again = {**mine, "version": shown["version"].value()}
    assert browse(cast.mia).post(edit(resource), again).status_code == 302
    resource.refresh_from_db()
    assert (resource.current_page.number, resource.current_page.text) == (3, "Mia's.")


def test_saving_the_same_words_makes_no_version(browse, cast, themes, write):
    resource = write(cast.mia)
    mia = browse(cast.mia)
    mia.post(edit(resource), filled(themes, version=1, title="Other title"))
    # Without scripts the words come back plain, and keep the formatting they had.
    mia.post(edit(resource), filled(themes, version=1, body="Listen **first**.", is_html=""))
    resource.refresh_from_db()
    assert (resource.pages.count(), resource.title) == (1, "First ninety days")
    assert resource.current_page.html == "<p>Listen <strong>first</strong>.</p>"


def test_of_many_versions_the_newest_are_kept(cast, write, monkeypatch):
    monkeypatch.setattr(WrittenPage, "MOST_KEPT", 3)
    resource = write(cast.mia)
    for number in range(1, 6):
        services.edit_page(
            resource=resource, editor=cast.mia, html=f"<p>{number}</p>", version=number,
            title="T", kind="article", themes=[],
        )  # fmt: skip
    assert [page.number for page in resource.pages.all()] == [6, 5, 4]


@pytest.mark.django_db(transaction=True)
def test_twenty_savings_at_once_are_one_and_nobody_is_overwritten(cast, write):
    resource = write(cast.mia)
    results = []

    def save(number):
        try:
            mine = Resource.objects.select_related("cohort").get(pk=resource.pk)
            services.edit_page(
                resource=mine, editor=cast.mia, html=f"<p>{number}</p>", version=1,
                title="T", kind="article", themes=[],
            )  # fmt: skip
            results.append("saved")
        except services.WrittenMeanwhile:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["saved", *["told"] * 5]
    assert resource.pages.count() == 2


def test_removing_a_page_removes_all_of_it(browse, cast, write):
    resource = write(cast.mia)
    browse(cast.mia).post(reverse("resources:resource_remove", args=["spring", resource.pk]))
    assert (Resource.objects.count(), WrittenPage.objects.count()) == (0, 0)


def at_the_end(**change):
    """Change resources as at the end of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        Resource.objects.filter(pk=change.pop("pk")).update(**change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_resource_is_exactly_one_thing_by_the_database(cast, write, add):
    page, file = write(cast.mia), add(cast.mia)
    link = add(cast.mia, url="https://example.org/")
    at_the_end(pk=page.pk, title="Renamed")
    for resource, change in [
        (page, {"url": "https://example.org/"}),
        (link, {"current_page": page.current_page}),
        (file, {"url": "https://example.org/"}),
        (page, {"current_version": file.current_version}),
        (link, {"url": ""}),
        (file, {"current_version": None}),
        (page, {"current_page": None}),
    ]:
        with pytest.raises(IntegrityError, match=r"resource_is_one_of|is no file, no link"):
            at_the_end(pk=resource.pk, **change)


@pytest.mark.parametrize("pages", [1, 3])
def test_a_page_asks_the_same_for_one_and_for_three_versions(
    browse, cast, write, pages, settings, django_assert_num_queries
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    resource = write(cast.mia)
    for number in range(1, pages):
        services.edit_page(
            resource=resource, editor=cast.mia, html=f"<p>{number}</p>", version=number,
            title="T", kind="article", themes=[],
        )  # fmt: skip
    mia = browse(cast.mia)
    mia.get(resource.get_absolute_url())
    with django_assert_num_queries(11):
        mia.get(resource.get_absolute_url())


def policy(answer) -> str:
    return next(
        part
        for part in answer["Content-Security-Policy"].split("; ")
        if part.startswith("frame-src")
    )


def test_only_the_page_of_a_video_allows_its_player_and_nothing_comes_before_a_click(
    browse, cast, add
):
    video = add(cast.mia, title="Film", url="https://youtu.be/dQw4w9WgXcQ")
    other = add(cast.mia, title="Guide", url="https://example.org/")
    mia = browse(cast.mia)

    answer = mia.get(video.get_absolute_url())
    assert policy(answer) == "frame-src 'self' https://www.youtube-nocookie.com"
    page = answer.content.decode()
    assert "<iframe" not in page
    assert 'href="https://youtu.be/dQw4w9WgXcQ"' in page
    assert "<video-player" in page
    for address in (other.get_absolute_url(), reverse("resources:resource_list", args=["spring"])):
        assert policy(mia.get(address)) == "frame-src 'self'"
