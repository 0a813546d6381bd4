"""Mail about an account: codes to sign in with, and notices that something about it changed.

It is the one mail that is no row of the outbox, because what it carries must not be kept. It is
sent beside the request, so that the answer takes as long for an address without an account.
"""

import logging
import re
import smtplib
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import css_inline
from allauth.core.internal.cryptokit import generate_user_code
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone, translation

logger = logging.getLogger(__name__)
_sender = ThreadPoolExecutor(max_workers=2, thread_name_prefix="account-mail")
_under_way: set[Future[None]] = set()

# Many mail programs read styles only where they are used.
_inliner = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)
_BLANK_LINES = re.compile(r"\n\s*\n+")

HEADERS = {
    "Auto-Submitted": "auto-generated",
    # Not "All": that would ask Exchange to swallow bounces too, which we need (MS-OXCMAIL).
    "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
}
# What allauth puts in a mail's context that is ours to show. The request is not: its host is
# whatever the browser said, and links must lead to this site.
SHOWN = ("code", "timestamp", "ip", "user_agent", "from_email", "to_email", "password_reset_url")


def six_digits() -> str:
    return generate_user_code(length=6, numeric=True, dashed=False)


def send(template_prefix: str, address: str, context: dict[str, Any]) -> None:
    """Render and hand over in the background; a failure is logged, without the code."""
    shown = {key: context[key] for key in SHOWN if key in context}
    job = _sender.submit(_deliver, template_prefix, address, shown, translation.get_language())
    _under_way.add(job)
    job.add_done_callback(_under_way.discard)


def wait_until_sent(seconds: float = 10) -> None:
    """For tests, and for whoever must know that nothing is under way any more."""
    wait(set(_under_way), timeout=seconds)


def compose(template_prefix: str, address: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    context = {
        **context,
        "email": address,
        "site_name": settings.SITE_NAME,
        # Templates of allauth that we do not replace call the site so.
        "current_site": {"name": settings.SITE_NAME, "domain": settings.BASE_URL},
        "site_url": settings.BASE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "sent_at": timezone.now(),
    }
    subject = render_to_string(f"{template_prefix}_subject.txt", context)
    text = render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n"
    text = _BLANK_LINES.sub("\n\n", text)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=f"{settings.SITE_NAME} <{settings.MAIL_FROM['account']}>",
        to=[address],
        headers=HEADERS,
    )
    try:
        html = render_to_string(f"{template_prefix}_message.html", context)
    except TemplateDoesNotExist:
        return message  # rare notices go out as text alone
    message.attach_alternative(_inliner.inline(html), "text/html")
    return message


def _deliver(
    template_prefix: str, address: str, context: dict[str, Any], language: str | None
) -> None:
    try:
        with translation.override(language):
            compose(template_prefix, address, context).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.error("Account mail %s was not sent: %s", template_prefix, error)
    except Exception:
        logger.exception("Account mail %s was not sent", template_prefix)
    finally:
        connections.close_all()
