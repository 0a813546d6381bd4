"""Which browsers are taken as devices, where they may be posted to, and what they are called."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from notifications import reach
from notifications.models import Delivery, PushSubscription, Way
from notifications.push import devices
from notifications.push.devices import NotTaken, is_known_service
from tests.notifications.push_service import make_browser

pytestmark = pytest.mark.usefixtures("no_worker")


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
