import pytest
from django.utils import timezone

from forums import ringing
from forums.models import Post
from notifications import tasks
from tests.notifications.conftest import sink  # noqa: F401 (a fixture)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    monkeypatch.setattr(tasks, "poke", lambda: None)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do something whose after-effects run, as after a commit."""

    def committing(work, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return work(*args, **kwargs)

    return committing


@pytest.fixture
def rung(thread, commit):
    """Ring what was written; what was there before is no news."""
    Post.objects.update(rung_at=timezone.now())
    return lambda: commit(ringing.ring, timezone.now())
