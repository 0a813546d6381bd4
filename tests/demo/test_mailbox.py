"""The demo's mail is kept, read, and can do no harm."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from demo.models import Attachment, Message

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo.urls")]

HTML = "<h1>Tomorrow</h1><script>alert(1)</script>"


@pytest.fixture
def message():
    return send()


def send(to="Mia Ortega <Mia@example.org>", **fields):
    mail = EmailMultiAlternatives(
        "Tomorrow: trust",
        "In plain words: http://example.org/x",
        "notify@example.org",
        [to],
        **fields,
    )
    mail.attach_alternative(HTML, "text/html")
    mail.attach("séance.ics", "BEGIN:VCALENDAR", "text/calendar")
    assert get_connection("demo.mailbox.EmailBackend").send_messages([mail]) == 1
    return Message.objects.latest("pk")


def test_backend_keeps_the_message_as_it_was(message):
    assert message.recipients == ["mia@example.org"]
    assert message.subject == "Tomorrow: trust"
    assert message.text.strip() == "In plain words: http://example.org/x"
    assert message.html.strip() == HTML
    assert message.attachments == [Attachment("séance.ics", b"BEGIN:VCALENDAR")]
    assert b"\r\nSubject: Tomorrow: trust\r\n" in bytes(message.raw)


def test_backend_keeps_one_row_for_copies():
    kept = send(cc=["theo@example.org"], bcc=["fay@example.org"])
    assert kept.recipients == ["mia@example.org", "theo@example.org", "fay@example.org"]


def test_backend_keeps_the_sender_as_people_read_it():
    mail = EmailMultiAlternatives(
        "Week", "…", "=?utf-8?q?Caf=C3=A9?= <digest@example.org>", ["mia@example.org"]
    )
    get_connection("demo.mailbox.EmailBackend").send_messages([mail])
    assert Message.objects.get().sender == "Café <digest@example.org>"


def test_backend_passes_over_mail_to_nobody():
    mail = EmailMultiAlternatives("Nobody", "…", "notify@example.org", [])
    assert get_connection("demo.mailbox.EmailBackend").send_messages([mail]) == 0
    assert not Message.objects.exists()


def test_mailbox_lists_the_newest_first_and_filters(client):
    first, second = send(), send(to="theo@example.org")
    page = client.get(reverse("demo:mailbox"))
    assert list(page.context["page"]) == [second, first]
    page = client.get(reverse("demo:mailbox"), {"to": " MIA@example.org "})
    assert list(page.context["page"]) == [first]


def test_mailbox_says_when_there_is_nothing(client):
    assert b"No mail yet" in client.get(reverse("demo:mailbox")).content


@pytest.mark.parametrize("mails", [1, 3])
def test_mailbox_asks_the_same_questions_for_any_number(client, mails, django_assert_num_queries):
    for _mail in range(mails):
        send()
    with django_assert_num_queries(3):
        client.get(reverse("demo:mailbox"))


def test_message_shows_text_and_headers_but_no_html_of_its_own(client, message):
    page = client.get(message.get_absolute_url()).content.decode()
    assert '<a href="http://example.org/x"' in page
    assert "séance.ics" in page
    assert HTML not in page
    assert "<h1>Tomorrow</h1>" not in page


def test_html_part_is_sandboxed(client, message):
    response = client.get(reverse("demo:message_html", args=[message.pk]))
    assert response.content.startswith(b"<!DOCTYPE html>")
    assert response["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_attachment_is_only_ever_saved(client, message):
    response = client.get(reverse("demo:attachment_download", args=[message.pk, 1]))
    assert response.content == b"BEGIN:VCALENDAR"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("number", [0, 2, 99])
def test_attachment_that_is_not_there(client, message, number):
    url = reverse("demo:attachment_download", args=[message.pk, number])
    assert client.get(url).status_code == 404


def test_source_is_the_bytes_as_plain_text(client, message):
    response = client.get(reverse("demo:message_source", args=[message.pk]))
    assert response.content == bytes(message.raw)
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_a_mail_can_be_answered_where_somebody_takes_it(client, settings, monkeypatch):
    from notifications.inbound import tasks
    from notifications.models import InboundMail

    monkeypatch.setattr(tasks, "poke", lambda pk: None)
    settings.REPLY_DOMAIN = "reply.example.org"
    address = f"reply+{'ab' * 16}@reply.example.org"
    taken = send(reply_to=[address])
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "Answer as mia@example.org" in page
    client.post(reverse("demo:answer_create", args=[taken.pk]), {"words": "Gladly."})
    kept = InboundMail.objects.get()
    assert (kept.sender, kept.source) == ("mia@example.org", "demo")
    raw = kept.raw.read().decode()
    assert "Gladly.\n" in raw
    assert "> In plain words" in raw


def test_a_mail_from_elsewhere_has_no_form(client, message, settings):
    settings.MAIL_FROM = {"notify": "other@example.org"}
    assert "Answer as" not in client.get(message.get_absolute_url()).content.decode()
