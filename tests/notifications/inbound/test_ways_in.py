"""By SMTP and LMTP over real sockets, by a provider's webhook, from a file: all keep it first."""

import asyncio
import base64
import io
import json
import smtplib
import socket
import sys
import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse

from deploy import answers
from notifications.inbound import listening, storing, working
from notifications.models import InboundMail
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS

ADDRESS = f"reply+{'ab' * 16}@reply.example.org"


def note(to=ADDRESS, message_id="<one@mail.example.org>"):
    head = f"From: mia@example.org\nTo: {to}\nMessage-ID: {message_id}\nSubject: Hi\n"
    return clients.read(f"{head}\n{WORDS}\n".encode())


@contextmanager
def listening_in_thread(**options):
    """The listener in a loop of its own; gives its port."""
    ready, place, loop = threading.Event(), {}, asyncio.new_event_loop()

    async def serve():
        place["server"] = await listening.serve(**options)
        sockets = place["server"].sockets
        place["name"] = sockets[0].getsockname()
        ready.set()
        place["stop"] = asyncio.Event()
        async with place["server"]:
            await place["stop"].wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield place["name"]
    finally:
        loop.call_soon_threadsafe(place["stop"].set)
        thread.join(10)
        loop.close()


@pytest.fixture
def smtp(transactional_db):
    with listening_in_thread(is_lmtp=False) as (host, port), smtplib.SMTP(host, port) as client:
        yield client


@pytest.fixture
def lmtp(transactional_db):
    with listening_in_thread(is_lmtp=True) as (host, port), smtplib.LMTP(host, port) as client:
        yield client


def test_smtp_keeps_a_mail_before_it_says_so(smtp):
    assert smtp.sendmail("mia@example.org", [ADDRESS], note().as_bytes()) == {}
    kept = InboundMail.objects.get()
    assert (kept.source, kept.mailbox, kept.envelope["sender"]) == (
        "smtp",
        "reply",
        "mia@example.org",
    )
    assert WORDS.encode() in kept.raw.read()


@pytest.mark.parametrize(
    "address", ["somebody@elsewhere.example", "help@example.org", "x@reply.example.org"]
)
def test_smtp_relays_for_nobody(smtp, address):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail("mia@example.org", [address], note().as_bytes())
    assert refused.value.recipients[address][0] == 550
    assert not InboundMail.objects.exists()


def test_smtp_refuses_what_is_too_large(smtp, settings):
    smtp.ehlo()
    assert smtp.esmtp_features["size"] == str(settings.INBOUND_MAX_BYTES)
    code, _words = smtp.mail("mia@example.org", [f"size={settings.INBOUND_MAX_BYTES + 1}"])
    assert code == 552


def test_smtp_takes_a_few_recipients_at_once(smtp):
    smtp.ehlo()
    smtp.mail("mia@example.org")
    many = [f"reply+{n:032x}@reply.example.org" for n in range(listening.MOST_RECIPIENTS + 1)]
    codes = [smtp.rcpt(address)[0] for address in many]
    assert codes == [250] * listening.MOST_RECIPIENTS + [452]


def test_smtp_says_try_again_when_a_mail_cannot_be_kept(smtp, monkeypatch):
    def full(*_args, **_options):
        raise OSError("no space")

    monkeypatch.setattr(storing, "take", full)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail("mia@example.org", [ADDRESS], note().as_bytes())
    assert refused.value.smtp_code == 451


def test_more_connections_than_allowed_are_told_to_come_back(transactional_db, monkeypatch):
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 2)
    with listening_in_thread(is_lmtp=False) as (host, port):
        held = [socket.create_connection((host, port), timeout=10) for _one in range(3)]
        greetings = [each.recv(100)[:3] for each in held]
        for each in held:
            each.close()
    assert sorted(greetings) == [b"220", b"220", b"421"]


def test_lmtp_answers_for_each_recipient(lmtp):
    other = f"reply+{'cd' * 16}@reply.example.org"
    lmtp.ehlo()
    lmtp.mail("mia@example.org")
    assert [lmtp.rcpt(each)[0] for each in (ADDRESS, other)] == [250, 250]
    assert lmtp.data(note().as_bytes())[0] == 250
    assert lmtp.getreply()[0] == 250
    assert {mail.address[:12] for mail in InboundMail.objects.all()} == {
        "reply+ababab",
        "reply+cdcdcd",
    }


def test_its_health_check_wants_an_answer_of_a_mail_server(transactional_db):
    with listening_in_thread(is_lmtp=True) as (host, port):
        assert answers.main(f"lmtp://{host}:{port}") == 0
    assert answers.main(f"lmtp://{host}:{port}") == 1
    # Somebody is at the door, and says nothing of use.
    with socket.create_server((host, 0)) as silent:
        assert answers.main(f"lmtp://{host}:{silent.getsockname()[1]}") == 1


def test_lmtp_by_a_unix_socket(transactional_db, tmp_path):
    path = str(tmp_path / "lmtp.sock")
    with listening_in_thread(is_lmtp=True, path=path), smtplib.LMTP(path) as client:
        assert client.sendmail("mia@example.org", [ADDRESS], note().as_bytes()) == {}
    assert InboundMail.objects.get().source == "lmtp"


def test_dots_and_long_lines_arrive_as_they_were(smtp):
    body = f".begins with a dot\n{'x' * 900}\n..\n"
    mail = f"From: mia@example.org\nTo: {ADDRESS}\n\n{body}"
    smtp.sendmail("mia@example.org", [ADDRESS], mail)
    assert body.replace("\n", "\r\n").encode() in InboundMail.objects.get().raw.read()


# ------------------------------------------------------------------------ at the same time


@pytest.mark.django_db(transaction=True)
def test_the_same_mail_five_times_at_once_is_one_post(ours, thread):
    data = clients.gmail(ours, WORDS).as_bytes()
    barrier, kept = threading.Barrier(5), []

    def deliver():
        try:
            barrier.wait()
            (mail,) = storing.take(data, source="test")
            kept.append(mail.pk)
            barrier.wait()
            working.work_off(mail.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver) for _one in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(kept) == 5
    assert len(set(kept)) == 1
    assert [post.body_text for post in thread.posts.filter(number__gt=2)] == [WORDS]
    mail = InboundMail.objects.get()
    assert (mail.reason, mail.copies) == ("posted", 4)
    assert len(list(mail.raw.storage.listdir(mail.raw.name.rpartition("/")[0])[1])) == 1


# ------------------------------------------------------------------------ a provider


@pytest.fixture
def postmark(settings):
    settings.INBOUND_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "mail:in"}
    return reverse("notifications:inbound_webhook", args=["postmark"])


def told(ours=None):
    return {
        "FromFull": {"Email": "mia@example.org", "Name": "Mia"},
        "ToFull": [{"Email": ADDRESS}],
        "OriginalRecipient": ADDRESS,
        "Subject": "Re: Buses",
        "TextBody": WORDS,
        "Headers": [{"Name": "Message-ID", "Value": "<one@mail.example.org>"}],
        "Attachments": [],
    }


def basic(secret):
    return {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(secret.encode()).decode()}"}


@pytest.mark.django_db
def test_a_provider_hands_a_mail_over(client, postmark):
    answer = client.post(postmark, json.dumps(told()), "application/json", **basic("mail:in"))
    assert answer.status_code == 200
    kept = InboundMail.objects.get()
    assert (kept.source, kept.sender, kept.mailbox) == (
        "webhook:postmark",
        "mia@example.org",
        "reply",
    )
    assert clients.read(kept.raw.read()).get_body(("plain",)).get_content().strip() == WORDS


@pytest.mark.django_db
@pytest.mark.parametrize("header", [{}, basic("mail:wrong")], ids=["none", "wrong"])
def test_a_webhook_without_the_secret_is_refused(client, postmark, header):
    answer = client.post(postmark, json.dumps(told()), "application/json", **header)
    assert answer.status_code == 401
    assert not InboundMail.objects.exists()


@pytest.mark.django_db
def test_another_provider_has_no_webhook(client, postmark):
    url = postmark.replace("postmark", "mailgun")
    assert client.post(url, **basic("mail:in")).status_code == 404


@pytest.mark.django_db
def test_a_webhook_fails_where_the_mail_could_not_be_kept(client, postmark, monkeypatch):
    def full(*_args, **_options):
        raise OSError("no space")

    monkeypatch.setattr(storing, "take", full)
    client.raise_request_exception = False
    answer = client.post(postmark, json.dumps(told()), "application/json", **basic("mail:in"))
    assert answer.status_code == 500


def test_only_a_provider_s_own_word_counts():
    from notifications.inbound.webhook import _verdict

    passed = {"receipt": {"dmarcVerdict": {"status": "PASS"}}}
    assert _verdict(passed, "Amazon SES") == "pass"
    assert _verdict({"receipt": {"dmarcVerdict": {"status": "FAIL"}}}, "Amazon SES") == "fail"
    assert _verdict({"receipt": {"dmarcVerdict": {"status": "GRAY"}}}, "Amazon SES") == ""
    assert _verdict(passed, "Postmark") == ""


# ------------------------------------------------------------------------ a file


def ingest(monkeypatch, data, *args):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    out = io.StringIO()
    call_command("ingest_mail", *args, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_file_is_taken_in(ours, monkeypatch, thread):
    data = clients.gmail(ours, WORDS).as_bytes()
    assert "Taken in posted" in ingest(monkeypatch, data, "--now")
    assert thread.posts.get(number=3).body_text == WORDS


@pytest.mark.django_db
def test_a_file_to_nobody_here_is_sent_back(monkeypatch):
    with pytest.raises(SystemExit) as left:
        ingest(monkeypatch, note(to="x@elsewhere.example").as_bytes())
    assert left.value.code == 67


@pytest.mark.django_db
def test_the_recipient_of_the_envelope_goes_before_the_head(monkeypatch):
    ingest(monkeypatch, note(to="x@elsewhere.example").as_bytes(), "--recipient", ADDRESS)
    assert InboundMail.objects.get().mailbox == "reply"
    assert connection.in_atomic_block
