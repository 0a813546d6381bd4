from contextlib import contextmanager

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsAway

from resources.queries import kept_facets as kept


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed():` what is done within is told when it ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def built(monkeypatch):
    """For whom all was looked through."""
    members = []
    look = kept._all_of

    def looking(member):
        members.append(member)
        return look(member)

    monkeypatch.setattr(kept, "_all_of", looking)
    return members


@pytest.fixture
def away(monkeypatch):
    """The cache is away for as long as one is `with away():`."""

    def is_away(*_asked, **_options):
        raise RedisIsAway

    @contextmanager
    def gone():
        with monkeypatch.context() as meanwhile:
            for way in ("get", "get_many", "set", "set_many", "add", "incr"):
                meanwhile.setattr(cache, way, is_away)
            yield

    return gone
