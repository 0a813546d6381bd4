"""Counts of the library are kept, and nobody sees other ones than their own."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsAway

from cohort.models import Audience
from resources.models import Resource
from resources.queries import kept_counts as kept
from resources.services import edit_resource, remove_resource

pytestmark = pytest.mark.django_db


def kinds(member, **chosen):
    return kept.kept_counts(member, chosen).get("kind", {})


@pytest.fixture
def counted(monkeypatch):
    """Whoever had something counted anew."""
    members = []
    count = kept.count_facets

    def counting(resources, chosen, member):
        members.append(member)
        return count(resources, chosen, member)

    monkeypatch.setattr(kept, "count_facets", counting)
    return members


def test_what_was_counted_is_not_counted_again(cast, add, counted):
    add(cast.mia, kind="slides")

    assert kinds(cast.mia) == kinds(cast.mia) == kinds(cast.theo) == {"slides": 1}
    assert kinds(cast.mia, kind="article") == {"slides": 1}
    assert kinds(cast.mia, sort="used", q="the") == {"slides": 1}
    assert counted == [cast.mia, cast.mia]


def test_each_sees_counts_of_what_they_see(cast, add):
    add(cast.mia, kind="slides", audience=Audience.TEAM)
    add(cast.mia, kind="article", audience=Audience.FACILITATORS)
    add(cast.mia, kind="template")

    for _again in range(2):
        assert kinds(cast.mia) == {"slides": 1, "template": 1}
        assert kinds(cast.tia) == kinds(cast.obi) == {"template": 1}
        assert kinds(cast.fay) == {"slides": 1, "article": 1, "template": 1}
        assert kinds(cast.olga) == {}


def test_the_counts_of_a_team_go_when_its_member_goes(cast, add):
    add(cast.mia, kind="slides", audience=Audience.TEAM)
    assert kinds(cast.mia) == {"slides": 1}

    cast.mia.team = cast.tia.team
    cast.mia.save()

    assert kinds(cast.mia) == {}


def test_a_change_of_the_library_is_counted_at_once(
    cast, add, themes, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        resource = add(cast.mia, kind="slides")
    assert kinds(cast.mia) == {"slides": 1}

    with django_capture_on_commit_callbacks(execute=True):
        edit_resource(
            resource=resource, editor=cast.mia, title="New", kind="article",
            themes=[themes["drivers"]],
        )  # fmt: skip
    assert kinds(cast.mia) == {"article": 1}

    with django_capture_on_commit_callbacks(execute=True):
        remove_resource(resource=resource, actor=cast.mia)
    assert kinds(cast.mia) == {}


def test_what_was_counted_while_something_changed_is_not_kept(
    cast, add, monkeypatch, django_capture_on_commit_callbacks
):
    count = kept.count_facets

    def counted_before(resources, chosen, member):
        counts = count(resources, chosen, member)
        with django_capture_on_commit_callbacks(execute=True):
            add(cast.mia, kind="slides")
        return counts

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(kept, "count_facets", counted_before)
        assert kinds(cast.mia) == {}
    assert kinds(cast.mia) == {"slides": 1}


def test_without_a_cache_everything_is_counted(cast, add, monkeypatch, caplog):
    add(cast.mia, kind="slides")

    def is_away(*_asked, **_options):
        raise RedisIsAway

    monkeypatch.setattr(cache, "get_many", is_away)
    monkeypatch.setattr(cache, "set", is_away)

    assert kinds(cast.mia) == {"slides": 1}
    kept._changed(instance=Resource.objects.get())
    assert "No counts are kept now" in caplog.text
