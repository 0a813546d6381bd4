"""Reports of a provider, as Postmark sends them, through the route that it is given."""

import json
from base64 import b64encode

import pytest
from django.test import Client

from notifications.models import Bounce, Delivery, Suppression

HOOK = "/hooks/mail/postmark/"
SECRET = "cohort:a-long-secret"
MIA = "mia@example.org"


@pytest.fixture
def provider(settings):
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "token"}


def report(event: dict | str, secret: str | None = SECRET, path: str = HOOK):
    content = event if isinstance(event, str) else json.dumps(event)
    more = {}
    if secret is not None:
        more["HTTP_AUTHORIZATION"] = f"Basic {b64encode(secret.encode()).decode()}"
    return Client().post(path, content, content_type="application/json", **more)


def bounce(number: int, kind: str = "HardBounce", message: str = "m-1", **more) -> dict:
    return {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "Type": kind,
        "ID": number,
        "MessageID": message,
        "Email": MIA,
        "BouncedAt": "2026-11-05T16:33:54Z",
        "Details": f"smtp;550 5.1.1 no such user {number}",
        **more,
    }


def sent(member, provider_id: str = "m-1") -> Delivery:
    return Delivery.objects.create(
        kind="note", dedupe_key=provider_id, recipient=member, state="sent", provider_id=provider_id
    )


def test_three_hard_bounces_stop_mail_and_mark_what_came_back(provider, mia):
    delivery = sent(mia)
    assert [report(bounce(number)).status_code for number in (1, 2, 3)] == [200] * 3
    assert list(Suppression.objects.values_list("address", "reason")) == [(MIA, "bounced")]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (
        "failed",
        "bounced: smtp;550 5.1.1 no such user 1",
    )


def test_a_complaint_stops_mail_at_once(provider, db):
    assert report(bounce(1, "SpamComplaint")).status_code == 200
    assert list(Suppression.objects.values_list("address", "reason")) == [(MIA, "complained")]


def test_a_report_sent_again_counts_once(provider, db):
    for _time in range(5):
        report(bounce(7))
    assert Bounce.objects.count() == 1


@pytest.mark.parametrize("kind", ["Transient", "SoftBounce", "DnsError"])
def test_what_passes_is_only_counted(provider, mia, kind):
    delivery = sent(mia)
    for number in range(4):
        report(bounce(number, kind))
    assert set(Bounce.objects.values_list("kind", flat=True)) == {"soft"}
    assert not Suppression.objects.exists()
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_what_a_provider_did_not_pass_on_is_a_failure(provider, mia):
    delivery = sent(mia)
    report(bounce(1, "DMARCPolicy"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason.split(":")[0]) == ("failed", "rejected")
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("secret", [None, "cohort:guessed", ":"])
def test_forged_reports_are_refused(provider, db, secret):
    assert report(bounce(1, "SpamComplaint"), secret).status_code == 400
    assert not Bounce.objects.exists()


def test_without_a_secret_there_is_no_hook(provider, settings, db):
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token"}
    assert report(bounce(1, "SpamComplaint"), None).status_code == 404


def test_another_providers_hook_is_none(provider, db):
    event = bounce(1, "SpamComplaint")
    assert report(event, path="/hooks/mail/sendgrid/").status_code == 404


@pytest.mark.parametrize("content", ["", "{", "[]", '{"RecordType": []}', '"Bounce"'])
def test_nonsense_is_refused_and_changes_nothing(provider, db, content):
    assert report(content).status_code == 400
    assert not Bounce.objects.exists()
