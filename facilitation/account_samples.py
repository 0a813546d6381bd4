"""The mails about accounts, with invented content: they are no kinds of the outbox."""

from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from django.utils.translation import gettext as _

from cohort import account_mail
from notifications.registry import Mail
from notifications.samples import ADDRESS, Sample

FOLDERS = ("account", "mfa", "socialaccount")
_SUBJECT = "_subject.txt"
CONTEXT = {
    "code": "123456",
    "timestamp": "2026-11-24 12:00",
    "ip": "192.0.2.1",
    "user_agent": "Firefox",
    "from_email": ADDRESS,
    "to_email": "ana@example.com",
    "password_reset_url": "https://example.org/reset/",
}


def account_samples() -> list[Sample]:
    """One of each template there is, by name."""
    return [_sample(prefix) for prefix in sorted(_prefixes())]


def _prefixes() -> Iterator[str]:
    for root in engines["django"].dirs:
        for folder in FOLDERS:
            for path in Path(root, folder, "email").glob(f"*{_SUBJECT}"):
                yield f"{folder}/email/{path.name.removesuffix(_SUBJECT)}"


def _sample(prefix: str) -> Sample:
    message = account_mail.compose(prefix, ADDRESS, CONTEXT)
    html = next((str(content) for content, _mimetype in message.alternatives), "")
    return Sample(
        slug=prefix.replace("/email/", "."),
        label=str(message.subject),
        about=_("About an account; sent at once, and it cannot be switched off."),
        mail=Mail(subject=str(message.subject), text=str(message.body), html=html),
    )
