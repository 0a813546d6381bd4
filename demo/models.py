"""The demo's mail, kept where it can be read: none of it ever leaves this machine."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes


class MessageQuerySet(models.QuerySet["Message"]):
    def to(self, address: str) -> "MessageQuerySet":
        return self.filter(recipients__contains=[address.strip().lower()])


class Message(models.Model):
    """One message as it would have gone to a mail server."""

    recipients = ArrayField(models.CharField(max_length=320))
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=400, blank=True)
    raw = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("demo:message_detail", args=[self.pk])

    @cached_property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(bytes(self.raw), policy=policy.default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.parsed.items()]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        """Everything that is neither the text nor the HTML, calendar entries included."""
        bodies = [self.parsed.get_body((kind,)) for kind in ("plain", "html")]
        return [
            Attachment(
                part.get_filename() or part.get_content_type().replace("/", "."),
                _content(part),
            )
            for part in self.parsed.walk()
            if not part.is_multipart() and not any(part is body for body in bodies)
        ]

    def _body(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return str(part.get_content()) if part else ""


def _content(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
