"""Which other resources link to one, as its reader sees them."""

from importlib import import_module

import pytest
from django.apps import apps

from cohort.models import Audience
from resources import services
from resources.models import Resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(themes, settings):
    """A page that links to something: `page(mia, resource)`."""
    settings.BASE_URL = "http://testserver"

    def written(member, target, words="our MOU", **said):
        link = f'<a href="{target.get_absolute_url()}">{words}</a>'
        given = {"title": "First days", "kind": "article", "themes": [themes["leaders"]], **said}
        return services.add_resource(added_by=member, page=f"<p>See {link}.</p>", **given)

    return written


@pytest.fixture
def told(browse):
    """The titles that a resource's page names, each with where its link leads."""

    def titles(member, resource):
        shown = browse(member).get(resource.get_absolute_url())
        return [thing.title for thing in shown.context["places"].resources]

    return titles


def test_a_page_and_a_description_that_link_to_it_are_named(cast, add, page, told, browse):
    mou = add(cast.mia, title="MOU")
    whole = f"http://testserver{mou.get_absolute_url()}#comments"
    page(cast.tia, mou, title="First days")
    add(cast.mia, title="A plan", description=f"Goes with {whole}, of May.")
    page(cast.tia, add(cast.mia), title="Of another")
    add(cast.mia, title="Elsewhere", description=f"https://example.org{mou.get_absolute_url()}")

    assert told(cast.obi, mou) == ["A plan", "First days"]
    shown = browse(cast.obi).get(mou.get_absolute_url()).content.decode()
    first = Resource.objects.get(title="First days")
    assert f'<a href="{first.get_absolute_url()}">First days</a>' in shown


def test_only_what_one_may_see_is_named(cast, add, page, told):
    mou = add(cast.mia, title="MOU")
    page(cast.mia, mou, title="Harbor's", audience=Audience.TEAM)
    page(cast.fay, mou, title="Facilitators'", audience=Audience.FACILITATORS)
    assert told(cast.fay, mou) == ["Facilitators'", "Harbor's"]
    assert told(cast.theo, mou) == ["Harbor's"]
    assert told(cast.tia, mou) == told(cast.obi, mou) == []


def test_a_link_to_itself_names_nothing(cast, add, told, settings):
    settings.BASE_URL = "http://testserver"
    mou = add(cast.mia, title="MOU")
    said = {"title": "MOU", "kind": "agreement", "themes": []}
    link = f"http://testserver{mou.get_absolute_url()}"
    services.edit_resource(resource=mou, editor=cast.mia, description=link, **said)
    assert mou.references == [mou.reference]
    assert told(cast.mia, mou) == []


def test_what_no_longer_links_to_it_is_not_named(cast, add, page, told):
    mou = add(cast.mia, title="MOU")
    written = page(cast.tia, mou)
    assert told(cast.mia, mou) == ["First days"]
    said = {"title": "First days", "kind": "article", "themes": []}
    services.edit_page(resource=written, editor=cast.tia, html="<p>Without.</p>", version=1, **said)
    assert told(cast.mia, mou) == []


def test_what_was_there_before_links_were_kept_is_found(cast, add, page, told):
    mou = add(cast.mia, title="MOU")
    page(cast.tia, mou)
    add(cast.mia, title="A plan", description=f"http://testserver{mou.get_absolute_url()}")
    Resource.objects.update(references=[])
    assert told(cast.mia, mou) == []
    import_module("resources.migrations.0012_say_where_it_is_mentioned").find_links(apps, None)
    assert told(cast.mia, mou) == ["A plan", "First days"]
