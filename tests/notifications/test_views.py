from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.models import FileCheck
from notifications import heartbeats, outages, outbox, services, unsubscribe, wishes
from notifications.models import Allowance, Choices, Delivery, Heartbeat, Outage
from notifications.registry import EDITION

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def url(member, topic="notes", name="unsubscribe"):
    return reverse(f"notifications:{name}", args=[unsubscribe.token_for(member.pk, topic)])


def wants(member, topic="notes"):
    return wishes.wants(Choices.objects.filter(pk=member.pk).first(), topic)


@pytest.mark.parametrize("method", ["get", "head"])
def test_following_the_link_changes_nothing(mia, method):
    response = getattr(Client(), method)(url(mia))
    assert (response.status_code, wants(mia)) == (200, True)
    assert not Choices.objects.filter(pk=mia.pk).exists()


def test_one_click_needs_no_cookie_and_sets_none(mia):
    strict = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        response = strict.post(url(mia), ONE_CLICK)
        assert (response.status_code, dict(response.cookies)) == (200, {})
    assert (wants(mia), wants(mia, EDITION)) == (False, True)


def test_one_click_stops_only_its_own_topic_and_person(mia, theo):
    Client().post(url(mia), ONE_CLICK)
    assert (wants(mia), wants(theo)) == (False, True)


def test_one_click_does_not_sign_in(mia):
    client = Client()
    client.post(url(mia), ONE_CLICK)
    assert client.get(reverse("notifications:choices")).status_code == 302


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "Please"}])
def test_a_post_without_the_words_does_nothing(mia, data):
    assert (Client().post(url(mia), data).status_code, wants(mia)) == (400, True)


def test_the_form_for_people_is_protected_against_forged_requests(mia):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url(mia, name="unsubscribe_confirm")).status_code == 403
    assert wants(mia)
    strict.get(url(mia))
    csrf = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post(url(mia, name="unsubscribe_confirm"), csrf).status_code == 200
    assert not wants(mia)


def test_undo_brings_the_same_rhythm_back(mia):
    services.choose(member=mia, edition="daily")
    page = Client().post(url(mia, EDITION, "unsubscribe_confirm"))
    assert not wants(mia, EDITION)
    assert b'name="rhythm" value="daily"' in page.content
    Client().post(url(mia, EDITION, "unsubscribe_undo"), {"rhythm": "daily"})
    assert wishes.choices_of(mia).edition == "daily"


@pytest.mark.parametrize(
    "spoil", [lambda t: t + "x", lambda t: "x" + t, lambda t: t[:-2], str.upper]
)
def test_a_token_that_was_tampered_with_does_nothing(mia, spoil):
    token = spoil(unsubscribe.token_for(mia.pk, "notes"))
    response = Client().post(reverse("notifications:unsubscribe", args=[token]), ONE_CLICK)
    assert (response.status_code, wants(mia)) == (404, True)


def test_the_page_shows_no_address(mia):
    assert b"mia@example.org" not in Client().get(url(mia)).content


def test_choices_are_kept_and_hold_at_once(browse, mia):
    client = browse(mia)
    form = {"edition": "daily", "edition_weekday": "3", "edition_hour": "18"}
    data = {f"m{mia.pk}-{name}": value for name, value in form.items()}
    response = client.post(reverse("notifications:choices"), data)
    assert response.status_code == 302
    choices = Choices.objects.get(pk=mia.pk)
    assert (choices.edition, choices.edition_weekday, choices.edition_hour) == ("daily", 3, 18)
    assert "notes:mail" in choices.switched


def test_choices_that_make_no_sense_are_told_of(browse, mia):
    data = {f"m{mia.pk}-edition": "hourly", f"m{mia.pk}-edition_hour": "25"}
    response = browse(mia).post(reverse("notifications:choices"), data)
    assert response.status_code == 422
    assert not Choices.objects.filter(pk=mia.pk).exists()


def test_someone_elses_choices_are_not_reached(browse, mia, theo):
    form = {"edition": "never", "edition_weekday": "3", "edition_hour": "18"}
    data = {f"m{person.pk}-{name}": v for person in (mia, theo) for name, v in form.items()}
    browse(mia).post(reverse("notifications:choices"), data)
    assert (wants(mia, EDITION), wants(theo, EDITION)) == (False, True)


def checks(client=None):
    response = (client or Client()).get(reverse("notifications:healthz"))
    return response.status_code, response.json()["checks"]


def test_health_is_green_while_beat_and_worker_show_life(db):
    heartbeats.note(heartbeats.BEAT)
    heartbeats.note(heartbeats.WORKER)
    status, found = checks()
    assert (status, {name: check["ok"] for name, check in found.items()}) == (
        200,
        dict.fromkeys(["database", "redis", "beat", "worker", "mail", "files"], True),
    )


@pytest.mark.parametrize("silent", ["beat", "worker"])
def test_health_turns_red_when_one_falls_silent(db, silent):
    heartbeats.note(heartbeats.BEAT)
    heartbeats.note(heartbeats.WORKER)
    Heartbeat.objects.filter(pk=silent).update(at=timezone.now() - timedelta(seconds=181))
    status, found = checks()
    assert (status, [name for name in found if not found[name]["ok"]]) == (503, [silent])


def test_health_turns_red_when_mail_waits_too_long(mia):
    heartbeats.note(heartbeats.BEAT)
    heartbeats.note(heartbeats.WORKER)
    outbox.enqueue("note", [mia], dedupe_key="1")
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=200))
    status, found = checks()
    assert status == 503
    assert 200 <= found["mail"]["oldest_due_seconds"] < 210  # machines are slow at times


def alive():
    heartbeats.note(heartbeats.BEAT)
    heartbeats.note(heartbeats.WORKER)


def test_health_turns_red_when_the_mail_server_is_away_for_long(db):
    alive()
    outages.note_down("refused")
    assert checks()[0] == 200
    Outage.objects.update(since=timezone.now() - timedelta(seconds=200))
    status, found = checks()
    assert (status, [name for name in found if not found[name]["ok"]]) == (503, ["mail"])


@pytest.mark.parametrize(
    ("sent", "failed", "expected"), [(0, 9, 200), (50, 10, 200), (10, 10, 503)]
)
def test_health_turns_red_when_many_mails_fail(mia, sent, failed, expected):
    alive()
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(kind="note", dedupe_key=f"{n}", recipient=mia, state=state, settled_at=now)
        for n, state in enumerate(["sent"] * sent + ["failed"] * failed)
    )
    assert checks()[0] == expected


def test_health_tells_until_when_the_day_is_used_up(db, settings):
    alive()
    settings.MAIL_PER_DAY = 2
    Allowance.objects.create(pk=outages.server(), day=timezone.now().date(), taken=2)
    status, found = checks()
    assert status == 200
    assert found["mail"]["day_used_up_until"].endswith("T00:00:00+00:00")


def test_health_turns_red_when_a_file_is_missing_until_it_is_back(db):
    heartbeats.note(heartbeats.BEAT)
    heartbeats.note(heartbeats.WORKER)
    counts = {"files": 1, "rows": 2, "without_row": 0}
    FileCheck.objects.create(at=timezone.now() - timedelta(hours=9), missing=1, **counts)
    status, found = checks()
    assert found["files"].pop("checked_seconds_ago") // 3600 == 9
    assert (status, found["files"]) == (503, {"ok": False, "missing": 1, "without_row": 0})

    FileCheck.objects.create(missing=0, **counts)
    assert checks()[0] == 200


def test_health_turns_red_without_redis(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, found = checks()
    assert (status, found["redis"]) == (503, {"ok": False})
