"""News on devices: who gets them, what they say, and where they may be posted to."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module

import pytest
import requests
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohort.services.people import change_place
from forums import ringing, services
from forums.models import Post
from notifications import bell, reach
from notifications.models import Choices, Delivery, PushSubscription, Way
from notifications.push import devices, keys, posting, sending
from notifications.push.devices import NotTaken, is_known_service
from tests.notifications.push_service import PushService, make_browser

UA = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"
pytestmark = pytest.mark.usefixtures("no_worker")


@pytest.fixture
def service(settings):
    service = PushService()
    service.start()
    settings.VAPID_PRIVATE_KEY = keys.new_private_key()
    settings.PUSH_SERVICES = [service.origin]
    yield service
    service.stop()


@pytest.fixture
def add(service, browse):
    """A browser of somebody's, signed in, that asked to be told."""

    def adding(member, path="/one"):
        browser = make_browser()
        client = browse(member)
        response = client.post(
            "/me/devices/",
            browser.subscription(f"{service.origin}{path}"),
            headers={"User-Agent": UA},
        )
        assert response.status_code == 201
        browser.client = client
        return browser

    return adding


@pytest.fixture
def thread(cast, themes):
    services.open_spaces(cast.cohort)
    return services.start_thread(
        space=cast.cohort.spaces.get(slug="commons"),
        author=cast.mia, title="Buses", body="<p>x</p>", themes=[],
    )  # fmt: skip


@pytest.fixture
def reply(thread, theo):
    """Theo answers, and it rings."""

    def replying(by=theo, body="<p>y</p>"):
        Post.objects.update(rung_at=timezone.now())
        post = services.publish_reply(thread=thread, author=by, body=body)
        ringing.ring(timezone.now())
        return post

    return replying


def outcomes():
    return sorted(Delivery.objects.filter(way=Way.PUSH).values_list("state", "reason"))


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


# ---------------------------------------------------------------- which addresses are believed


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_public_push_services_are_known(endpoint):
    assert is_known_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example.org/x",
        "https://evil-fcm.googleapis.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://fcm.googleapis.com\\@10.0.0.1/x",
        "https://push.apple.com/x",
        "https://xpush.apple.com/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/x",
        "https://[::1]/x",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.gööglepis.com/x",
        "https://fcm.googleapis.com:99999/x",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/" + "x" * 1000,
    ],
)
def test_no_other_address_is(endpoint):
    assert not is_known_service(endpoint)


@given(st.text())
def test_wild_addresses_raise_nothing(text):
    assert is_known_service(text) is False
    assert is_known_service(f"https://{text}") in (True, False)


@given(st.text(), st.text())
def test_wild_keys_raise_nothing(p256dh, auth):
    assert devices._are_keys(p256dh, auth) is False


@pytest.mark.parametrize(
    "spoil",
    [{"endpoint": "https://10.0.0.1/x"}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": ""}],
)
def test_a_browser_that_makes_no_sense_is_not_kept(service, browse, mia, spoil):
    data = {**make_browser().subscription(f"{service.origin}/x"), **spoil}
    response = browse(mia).post("/me/devices/", data)
    assert response.status_code == 422
    assert response.json()["words"]
    assert not PushSubscription.objects.exists()


def test_ten_devices_are_the_most(service, mia):
    def subscribe(number):
        return devices.subscribe(
            mia.user, name="x", session_key="k",
            **make_browser().subscription(f"{service.origin}/{number}"),
        )  # fmt: skip

    for number in range(10):
        subscribe(number)
    subscribe(9)  # says itself anew
    with pytest.raises(NotTaken):
        subscribe(10)
    assert PushSubscription.objects.count() == 10


def test_a_browser_where_another_signs_in_is_theirs(service, add, mia, theo):
    add(mia)
    add(theo)
    assert PushSubscription.objects.get().user == theo.user


def test_devices_are_listed_and_removed(service, add, browse, mia, theo):
    add(mia)
    add(theo, "/theos")
    client = browse(mia)
    html = client.get("/me/devices/").content.decode()
    # The row, what its buttons say of it, and its name to be changed.
    assert html.count("Chrome on Android") == 4
    assert service.origin not in html
    device = PushSubscription.objects.get(user=mia.user)
    client.post(reverse("notifications:device_removal", args=[device.pk]))
    assert [d.user for d in PushSubscription.objects.all()] == [theo.user]


def test_a_device_keeps_the_name_its_owner_gave_it(service, add, browse, mia, theo):
    add(mia)
    device = PushSubscription.objects.get(user=mia.user)
    url = reverse("notifications:device_name", args=[device.pk])

    assert browse(mia).post(url, {"name": "  Blue <phone> "}).status_code == 302
    assert "Blue &lt;phone&gt;" in browse(mia).get("/me/devices/").content.decode()
    for wrong in ("", "   ", "x" * 81):
        response = browse(mia).post(url, {"name": wrong})
        assert response.status_code == 422
        assert f'value="{wrong}"' in response.content.decode() or not wrong.strip()
    assert browse(theo).post(url, {"name": "Mine"}).status_code == 404
    # Also when its browser asks anew; whoever else signs in there begins with the browser's.
    add(mia)
    assert PushSubscription.objects.get().name == "Blue <phone>"
    add(theo)
    assert [(d.user, d.name) for d in PushSubscription.objects.all()] == [
        (theo.user, "Chrome on Android"),
    ]  # fmt: skip


def test_the_site_can_be_installed(client, db):
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    worker = client.get("/sw.js")
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in worker["Cache-Control"]
    assert "/offline/" in worker.content.decode()
    assert client.get("/offline/").status_code == 200


def test_asking_again_makes_no_second_row(service, add, mia):
    add(mia)
    for _twice in range(2):
        reach.tell("cohort.place", [mia], dedupe_key="1", group="place", items=[1], ways={Way.PUSH})
    assert Delivery.objects.filter(way=Way.PUSH).count() == 1
