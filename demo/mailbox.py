"""Where the demo's mail goes instead of out: `EMAIL_BACKEND = "demo.mailbox.EmailBackend"`."""

from collections.abc import Sequence
from email.header import decode_header, make_header

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from demo.models import Message


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep each message with the bytes that a mail server would have been given."""
        rows = [
            Message(
                recipients=[_address(to) for to in message.recipients()],
                sender=str(make_header(decode_header(str(message.from_email))))[:320],
                subject=" ".join(str(message.subject).split())[:400],
                raw=message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]
            )
            for message in email_messages
            if message.recipients()
        ]
        Message.objects.bulk_create(rows)
        return len(rows)


def _address(recipient: str) -> str:
    """`Mia <mia@example.org>` as `mia@example.org`."""
    return recipient.rpartition("<")[2].rstrip(">").strip().lower()[:320]
