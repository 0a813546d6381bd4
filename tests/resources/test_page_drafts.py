"""A page that somebody has begun to write is kept like a draft of a post."""

import uuid

import pytest
from django.urls import reverse

from cohort.models import Audience
from forums.models import Draft
from resources import services
from resources.models import Resource

pytestmark = pytest.mark.django_db


def drafts(cohort) -> str:
    return reverse("forums:draft_list", args=[cohort.slug])


def new(cohort) -> str:
    return reverse("resources:page_create", args=[cohort.slug])


def edit(resource) -> str:
    return reverse("resources:resource_edit", args=[resource.cohort.slug, resource.pk])


@pytest.fixture
def page(cast, themes):
    return services.add_resource(
        added_by=cast.mia, title="First days", kind="article", themes=[themes["leaders"]],
        page="<p>Listen first.</p>",
    )  # fmt: skip


def keep(browse, member, place, body="<p>Ask <strong>then</strong>.</p>", **said):
    form = {"draft": place, "body": body, "is_html": "on", **said}
    return browse(member).post(drafts(member.cohort), form).status_code


def test_a_new_page_is_kept_restored_and_forgotten_once_it_is_added(browse, cast, themes):
    leaders = themes["leaders"].pk
    said = {"title": "A week", "kind": "template", "themes": [leaders], "tags": "begin"}
    assert keep(browse, cast.mia, "page", **said) == 204

    shown = browse(cast.mia).get(new(cast.cohort))
    form = shown.context["form"]
    assert [form[name].value() for name in ("title", "kind", "tags", "body")] == [
        "A week", "template", "begin", "Ask **then**.",
    ]  # fmt: skip
    assert form["themes"].value() == [str(leaders)]
    assert form.fields["body"].html == "<p>Ask <strong>then</strong>.</p>"
    assert '<details class="more more--fields" open>' in shown.content.decode()
    assert "Ask **then**." not in browse(cast.theo).get(new(cast.cohort)).content.decode()

    body = {"body": "<p>Ask.</p>", "is_html": "on", "audience": "cohort", "language": "en"}
    key = str(uuid.uuid4())
    browse(cast.mia).post(new(cast.cohort), {**said, **body, "form_key": key})
    assert Resource.objects.get().title == "A week"
    # What was still on its way when it was sent is no draft any more.
    keep(browse, cast.mia, "page", form_key=key)
    assert not Draft.objects.exists()


def test_every_field_of_the_form_is_kept_also_what_was_emptied(browse, cast, page, themes):
    services.edit_page(
        resource=page, editor=cast.mia, html="<p>Listen.</p>", version=1, title="First days",
        kind="article", themes=[themes["leaders"]], made_by="A team", language="en", is_public=True,
    )  # fmt: skip
    said = {
        "title": "t" * 160, "kind": "template", "tags": "begin", "description": "For beginners.",
        "used_for": "In May, with two of us.", "made_by": "", "language": "", "audience": "team",
        "themes": [themes["leaders"].pk],
    }  # fmt: skip
    assert keep(browse, cast.mia, f"page:{page.pk}", **said) == 204

    form = browse(cast.mia).get(edit(page)).context["form"]
    assert {name: form[name].value() for name in said} == {
        **said, "themes": [str(themes["leaders"].pk)],
    }  # fmt: skip
    assert {*form.fields} - {*said} == {"form_key", "is_html", "is_public", "version", "body"}
    assert form["is_public"].value() == ""
    assert "checked" not in str(form["is_public"])
    assert [form.fields[name].widget.attrs["data-was"] for name in ("made_by", "used_for")] == [
        "A team", "",
    ]  # fmt: skip


def test_what_is_typed_of_a_page_makes_a_draft_and_what_is_chosen_alone_does_not(browse, cast):
    chosen = {"body": "", "audience": "cohort", "language": "en"}
    keep(browse, cast.mia, "page", **chosen)
    assert not Draft.objects.exists()
    keep(browse, cast.mia, "page", **chosen, made_by="A team")
    assert Draft.objects.get().fields == {
        "made_by": "A team", "audience": "cohort", "language": "en", "is_public": "",
    }  # fmt: skip
    keep(browse, cast.mia, "page", **chosen, made_by="")
    assert not Draft.objects.exists()


def test_an_edit_goes_on_from_its_draft_and_still_sees_what_others_saved(browse, cast, page):
    place = f"page:{page.pk}"
    assert keep(browse, cast.mia, place, title="First weeks", version=1) == 204
    services.edit_page(
        resource=page, editor=cast.fay, html="<p>Listen twice.</p>", version=1,
        title="First days", kind="article", themes=page.themes.all(),
    )  # fmt: skip
    form = browse(cast.mia).get(edit(page)).context["form"]
    assert [form[name].value() for name in ("title", "body", "version")] == [
        "First weeks", "Ask **then**.", "1",
    ]  # fmt: skip
    sent = {
        "title": "First weeks", "kind": "article", "themes": [page.themes.get().pk],
        "audience": "cohort", "language": "en", "body": "<p>Ask.</p>", "is_html": "on",
    }  # fmt: skip
    answered = browse(cast.mia).post(edit(page), {**sent, "version": 1})
    assert answered.status_code == 409
    assert Draft.objects.filter(place=place).exists()
    answered = browse(cast.mia).post(edit(page), {**sent, "version": 2})
    assert (answered.status_code, Draft.objects.count()) == (302, 0)


def test_one_drafts_only_where_one_may_write(browse, cast, page):
    place = f"page:{page.pk}"
    answers = [keep(browse, member, place) for member in (cast.mia, cast.fay, cast.theo)]
    assert answers == [204, 204, 404]
    Resource.objects.update(audience=Audience.FACILITATORS)
    assert [keep(browse, member, place) for member in (cast.mia, cast.fay)] == [404, 204]
    assert keep(browse, cast.obi, "page") == 403
    link = services.add_resource(
        added_by=cast.mia, title="A", kind="article", themes=[], url="https://example.org/"
    )
    assert keep(browse, cast.mia, f"page:{link.pk}") == 404


def test_drafts_are_listed_with_where_one_goes_on(browse, cast, page):
    keep(browse, cast.mia, f"page:{page.pk}")
    keep(browse, cast.mia, "page", title="A week")
    rows = browse(cast.mia).get(drafts(cast.cohort)).context["drafts"]
    assert [(row.about, row.url) for row in rows] == [
        ("A week", new(cast.cohort)),
        ("Change of the page “First days”", edit(page)),
    ]
    Resource.objects.update(audience=Audience.FACILITATORS)
    rows = browse(cast.mia).get(drafts(cast.cohort)).context["drafts"]
    assert [row.url for row in rows] == [new(cast.cohort), ""]
    assert "First days" not in "".join(row.about for row in rows)


def test_thrown_away_it_leads_back_to_its_form(browse, cast, page):
    place = f"page:{page.pk}"
    keep(browse, cast.mia, place)
    thrown = reverse("forums:draft_removal", args=[cast.cohort.slug])
    answered = browse(cast.mia).post(thrown, {"draft": place, "from": "form"})
    assert answered["Location"] == edit(page)
    assert browse(cast.mia).get(edit(page)).context["form"]["body"].value() == "Listen first."
