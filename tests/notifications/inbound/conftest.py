"""A thread that mia was mailed about, by a server that takes answers."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.db import transaction
from django.utils import timezone

from forums import notices, services
from forums.models import Post, Space
from notifications import sending
from notifications.inbound import storing, working
from notifications.mime import as_bytes
from notifications.models import InboundMail
from tests.notifications.inbound import clients


@pytest.fixture(autouse=True)
def answering(settings, no_worker, monkeypatch):
    from notifications.inbound import tasks

    monkeypatch.setattr(tasks, "poke", lambda pk: None)
    settings.REPLY_DOMAIN = "reply.example.org"
    settings.INBOUND_AUTHSERV_ID = clients.OUR_SERVER


@pytest.fixture
def commons(cast):
    services.open_spaces(cast.cohort)
    return Space.objects.get(cohort=cast.cohort, slug="commons")


@pytest.fixture
def thread(commons, mia, themes):
    return services.start_thread(
        space=commons, author=mia, title="Buses", body="Who drives?", themes=[themes["drivers"]]
    )


def send_mails() -> list:
    """Let the window pass and the worker send: what went out, read as a mail program does."""
    mailbox.outbox.clear()
    Post.objects.untold().update(created_at=timezone.now() - timedelta(minutes=11))
    with transaction.atomic():
        notices.plan(timezone.now())
    sending.send_due()
    return [clients.read(as_bytes(message)) for message in mailbox.outbox]


@pytest.fixture
def ours(thread, theo):
    """The mail in which mia reads what theo answered."""
    services.publish_reply(thread=thread, author=theo, body="<p>The college has two.</p>")
    mails = [mail for mail in send_mails() if mail["To"] == "mia@example.org"]
    assert len(mails) == 1
    return mails[0]


@pytest.fixture
def receive():
    """Take a mail in and judge it, as listener and worker do together."""

    def receive(mail, **envelope) -> InboundMail:
        data = mail if isinstance(mail, bytes) else mail.as_bytes()
        (kept,) = storing.take(data, source="test", **envelope)
        working.work_off(kept.pk)
        kept.refresh_from_db()
        return kept

    return receive


def sent_now() -> list:
    mailbox.outbox.clear()
    sending.send_due()
    return list(mailbox.outbox)
