"""Who is told on devices, what they read, and what stops it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from cohort.services.people import change_place
from forums import services
from notifications import bell
from notifications.models import Choices, Delivery, PushSubscription, Way
from notifications.push import sending
from tests.notifications.push import outcomes

pytestmark = pytest.mark.usefixtures("no_worker")


def test_a_reply_reaches_a_device_encrypted_and_signed(service, add, reply, mia):
    browser = add(mia)
    post = reply()
    assert sending.send_due() == {"sent": 1}
    [arrived] = service.arrived
    said = browser.read(arrived.body)
    assert said == {
        "title": "Theo answered you",
        "body": "Buses",
        "url": post.get_absolute_url(),
        "tag": arrived.headers["Topic"],
    }
    assert b"Theo" not in arrived.body
    assert re.fullmatch(r"[\w-]{32}", arrived.headers["Topic"])
    assert arrived.headers["Urgency"] == "normal"
    assert 0 < int(arrived.headers["TTL"]) <= 86_400
    claims = service.claims(arrived)
    assert claims["sub"].startswith("mailto:")
    assert claims["exp"] <= timezone.now().timestamp() + 24 * 3600
    assert PushSubscription.objects.get().used_at
    assert PushSubscription.objects.get().name == "Chrome on Android"
    assert sending.send_due() == {}


def test_one_thing_replaces_its_older_notice(service, add, reply, mia):
    add(mia)
    reply()
    reply()
    sending.send_due()
    topics = [arrived.headers["Topic"] for arrived in service.arrived]
    assert len(topics) == 2
    assert len(set(topics)) == 1


def test_who_has_no_device_costs_no_row(service, reply):
    reply()
    assert not Delivery.objects.filter(way=Way.PUSH).exists()


def test_who_does_not_want_it_gets_none(service, add, reply, mia):
    add(mia)
    Choices.objects.create(member=mia, switched=["discussions-replies:push"])
    reply()
    assert not Delivery.objects.filter(way=Way.PUSH).exists()
    assert bell.unread_count(mia) == 1


def test_all_devices_of_a_person_are_told(service, add, reply, mia):
    browsers = [add(mia, "/one"), add(mia, "/two")]
    reply()
    assert sending.send_due() == {"sent": 1}
    bodies = {arrived.path: arrived.body for arrived in service.arrived}
    said = [browsers[0].read(bodies["/one"]), browsers[1].read(bodies["/two"])]
    assert [words["title"] for words in said] == ["Theo answered you", "Theo answered you"]


def switched_off(mia, fay, post):
    Choices.objects.create(member=mia, switched=["discussions-replies:push"])


def paused(mia, fay, post):
    day = timezone.localdate() + timedelta(days=3)
    Choices.objects.create(member=mia, paused_until=day)


def read(mia, fay, post):
    bell.seen(mia, f"thread:{post.thread_id}")


def hidden(mia, fay, post):
    services.hide_post(post=post, by=fay)


def left(mia, fay, post):
    mia.left_at = timezone.now()
    mia.save()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (switched_off, "switched-off"),
        (paused, "paused"),
        (read, "read-before"),
        (hidden, "gone"),
        (left, "left"),
    ],
)
def test_what_changed_while_it_waited_stops_it(service, add, reply, mia, fay, change, reason):
    add(mia)
    post = reply()
    Delivery.objects.filter(way=Way.MAIL).delete()
    change(mia, fay, post)
    assert sending.send_due() == {"skipped": 1}
    assert outcomes() == [("skipped", reason)]
    assert service.arrived == []


def test_a_switch_between_looking_and_posting_stops_it(service, add, reply, mia, monkeypatch):
    add(mia)
    reply()
    look = sending._composed

    def slowly(batch):
        said = look(batch)
        Choices.objects.create(member=mia, switched=["discussions-replies:push"])
        return said

    monkeypatch.setattr(sending, "_composed", slowly)
    with requests.Session() as session, ThreadPoolExecutor(1) as threads:
        assert sending._Round(session, threads).send(sending._claim()) == {"released": 1}
    assert service.arrived == []


def test_without_a_key_nothing_is_sent(service, add, reply, browse, mia, settings):
    add(mia)
    reply()
    settings.VAPID_PRIVATE_KEY = ""
    assert sending.send_due() == {}
    assert outcomes() == [("skipped", "no-device")]
    assert service.arrived == []
    page = browse(mia).get("/me/devices/").content.decode()
    assert "not set up to tell devices" in page


def test_service_news_go_to_devices_too(service, add, cast, mia, fay):
    browser = add(mia)
    change_place(member=mia, role="observer", team=None, organization=None, by=fay)
    assert sending.send_due() == {"sent": 1}
    assert browser.read(service.arrived[0].body)["title"] == "You observe Spring now"
