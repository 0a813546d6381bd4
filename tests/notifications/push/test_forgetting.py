"""Browsers that are gone, signed out, or do not answer."""

import threading
from datetime import timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from notifications.models import PushSubscription
from notifications.push import posting, sending
from tests.notifications.push import outcomes

pytestmark = pytest.mark.usefixtures("no_worker")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(service, add, reply, mia, status):
    add(mia, "/one")
    add(mia, "/two")
    service.answers["/one"] = status
    reply()
    assert sending.send_due() == {"sent": 1}
    assert [d.endpoint[-4:] for d in PushSubscription.objects.all()] == ["/two"]
    service.answers["/two"] = status
    reply()
    assert sending.send_due() == {"skipped": 1}
    assert not PushSubscription.objects.exists()
    assert outcomes() == [("sent", ""), ("skipped", "no-device")]


@pytest.mark.parametrize(
    ("status", "state"), [(429, "pending"), (503, "pending"), (400, "failed"), (307, "failed")]
)
def test_other_answers_are_kept_in_words(service, add, reply, mia, status, state):
    add(mia)
    service.status = status
    reply()
    assert sending.send_due() == {state: 1}
    [(found, reason)] = outcomes()
    assert (found, reason[:3]) == (state, str(status))
    assert PushSubscription.objects.exists()


def test_a_service_that_does_not_answer_is_asked_again_later(service, add, reply, mia, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", (0.3, 0.3))
    service.hang = threading.Event()
    add(mia)
    reply()
    assert sending.send_due() == {"pending": 1}
    assert outcomes() == [("pending", "ReadTimeout")]


def test_a_browser_that_signed_out_is_told_nothing(service, add, browse, reply, mia, settings):
    browser = add(mia)
    key = browser.client.session.session_key
    import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
    reply()
    assert sending.send_due() == {"skipped": 1}
    assert outcomes() == [("skipped", "no-device")]
    # Whoever signs in there again is told things again.
    client = browse(mia)
    endpoint = PushSubscription.objects.get().endpoint
    renewal = {"renew": "", "endpoint": endpoint}
    assert client.post("/me/devices/", renewal).status_code == 200
    reply()
    assert sending.send_due() == {"sent": 1}


def test_a_device_that_was_removed_or_is_anothers_is_not_renewed(service, add, browse, mia, theo):
    add(theo)
    renewal = {"renew": "", "endpoint": PushSubscription.objects.get().endpoint}
    assert browse(mia).post("/me/devices/", renewal).status_code == 404
    PushSubscription.objects.all().delete()
    assert browse(theo).post("/me/devices/", renewal).status_code == 404
    assert not PushSubscription.objects.exists()


def test_a_device_long_signed_out_is_forgotten(service, add, reply, mia, settings):
    browser = add(mia)
    import_module(settings.SESSION_ENGINE).SessionStore(browser.client.session.session_key).delete()
    PushSubscription.objects.update(renewed_at=timezone.now() - timedelta(days=31))
    reply()
    assert sending.send_due() == {"skipped": 1}
    assert not PushSubscription.objects.exists()


def test_another_password_ends_it_as_well(service, add, reply, mia):
    add(mia)
    mia.user.set_password("entirely-new-words")
    mia.user.save()
    reply()
    assert sending.send_due() == {"skipped": 1}
