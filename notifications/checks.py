"""`check --deploy`: settings that would keep mail from arriving. Asks nobody; see `check_mail`."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags

# Whose DMARC records tell receivers to refuse what others send in their name.
FREE_MAIL = {
    "aol.com", "gmail.com", "googlemail.com", "gmx.com", "gmx.de", "hotmail.com", "icloud.com",
    "live.com", "mail.com", "msn.com", "outlook.com", "proton.me", "yahoo.com",
}  # fmt: skip
NOWHERE = ("localhost", "local", "localdomain", "invalid", "internal", "lan", "test")
NO_MAIL = ("console", "dummy", "filebased", "locmem")
# A mail is five answers to wait for, and may be tried on a second connection.
ANSWERS = 6
SHORTEST_SECRET = 16


def register_all() -> None:
    checks.register(check_mail, Tags.security, deploy=True)


def check_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        checks.Warning(message, hint=hint, id=f"notifications.W{number:03}")
        for number, message, hint in [*_senders(), *_server(), *_provider(), *_patience()]
    ]


Finding = tuple[int, str, str]


def domain_of(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2].lower()


def _senders() -> Iterator[Finding]:
    domains = {domain_of(address) for address in settings.MAIL_FROM.values()}
    for domain in sorted(domains):
        if not domain or "." not in domain or domain.rsplit(".", 1)[-1] in NOWHERE:
            yield 1, f"Mail is sent from “{domain}”, which is no domain.", "Set MAIL_DOMAIN."
        if domain in FREE_MAIL:
            hint = "Set MAIL_DOMAIN and DEFAULT_FROM_EMAIL to a domain of your own."
            yield 2, f"Receivers refuse mail in the name of {domain} that is not from there.", hint
    if domain_of(settings.DEFAULT_FROM_EMAIL) != settings.MAIL_DOMAIN:
        hint = "Each needs SPF, DKIM and DMARC; one domain for all senders is simpler."
        yield 3, "DEFAULT_FROM_EMAIL is not of MAIL_DOMAIN.", hint


def _server() -> Iterator[Finding]:
    name = settings.EMAIL_BACKEND.split(".")[-2]
    if name in NO_MAIL:
        yield 4, f"The mail backend “{name}” sends no mail.", "Set EMAIL_URL."
    is_near = settings.EMAIL_HOST in ("localhost", "127.0.0.1", "::1")
    is_open = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if name == "smtp" and is_open and settings.EMAIL_HOST_PASSWORD and not is_near:
        hint = "Write smtp+tls:// (port 587) or smtp+ssl:// (465) in EMAIL_URL."
        yield 5, "The password goes to the mail server unencrypted.", hint


def _provider() -> Iterator[Finding]:
    if not settings.MAIL_PROVIDER:
        return
    secret = str(settings.ANYMAIL.get("WEBHOOK_SECRET") or "")
    if not secret:
        hint = "Set ANYMAIL_WEBHOOK_SECRET=user:password and tell the provider the address."
        yield 6, "The mail provider cannot report bounces and complaints.", hint
    elif ":" not in secret or len(secret) < SHORTEST_SECRET:
        hint = f"user:password, {SHORTEST_SECRET} characters or more."
        yield 7, "ANYMAIL_WEBHOOK_SECRET can be guessed.", hint


def _patience() -> Iterator[Finding]:
    if not settings.EMAIL_TIMEOUT:
        yield 8, "A mail server that is silent holds a worker for ever.", "Set EMAIL_TIMEOUT."
    elif settings.OUTBOX_LEASE_SECONDS < ANSWERS * settings.EMAIL_TIMEOUT:
        hint = f"At least {ANSWERS} × EMAIL_TIMEOUT ({settings.EMAIL_TIMEOUT} s)."
        yield 9, "OUTBOX_LEASE_SECONDS is shorter than a slow mail server may take.", hint
