"""Words for one reader: a pair of templates in their own zone, with one layout around them.

`mail/<name>.txt` is written for reading and `mail/<name>.html` for looking at; both say the same
and extend `mail/base.txt` and `mail/base.html`. They find: `subject`, `preheader`, `why` (why one
gets this), `site_name`, `base_url`, `support_email`, `delivery`, `cohort`, `member`,
`unsubscribe_url` and `choices_url` (empty for service mail).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from notifications import registry, scoped_choices, unsubscribe
from notifications.models import Delivery
from notifications.registry import Mail

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_OWN_ADDRESS = re.compile(r'(<a [^>]*?href=")/')
_INDENTS = re.compile(r"\n\s+")


def render_mail(
    delivery: Delivery,
    template: str,
    *,
    subject: str,
    why: str,
    preheader: str = "",
    author: str = "",
    sender: str = "notify",
    context: Mapping[str, Any] | None = None,
    zone: str = "",
    calendar: tuple[str, bytes] | None = None,
) -> Mail:
    """Compose a delivery from `template` (a path without its ending, such as `mail/reminder`).

    Times are written in the reader's zone; for a reader without an account `zone` says which.
    """
    everything = {
        **surroundings(delivery),
        "subject": subject,
        "preheader": preheader,
        "why": why,
        **(context or {}),
    }
    with timezone.override(_zone(delivery, zone)):
        text, html = render_pair(template, everything)
    return Mail(
        subject=subject,
        text=text,
        html=inline(html),
        author=author,
        sender=sender,
        calendar=calendar,
    )


def render_pair(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the HTML of a template, the latter with its styles still in the head."""
    text = _render(f"{template}.txt", context, autoescape=False)
    return tidy_text(text), _render(f"{template}.html", context, autoescape=True)


def absolute(path: str) -> str:
    """The whole address of a page of this site."""
    return f"{settings.BASE_URL}{path}"


def with_whole_addresses(html: str) -> str:
    """Sanitized HTML whose links into this site lead there from a mail."""
    return _OWN_ADDRESS.sub(rf"\1{settings.BASE_URL}/", html)


def surroundings(delivery: Delivery) -> dict[str, Any]:
    """What every mail's layout shows of a delivery."""
    topic = registry.kinds[delivery.kind].topic
    member_pk = delivery.recipient_id
    unsubscribe_url = choices_url = ""
    if topic and member_pk is not None:
        unsubscribe_url = unsubscribe.url_for(member_pk, topic)
        choices_url = scoped_choices.url_for(member_pk)
    return {
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "delivery": delivery,
        "cohort": delivery.cohort,
        "member": delivery.recipient,
        "unsubscribe_url": unsubscribe_url,
        "choices_url": choices_url,
    }


def _zone(delivery: Delivery, zone: str) -> ZoneInfo:
    if delivery.recipient:
        return ZoneInfo(delivery.recipient.user.time_zone)
    return ZoneInfo(zone or (delivery.cohort.time_zone if delivery.cohort else "UTC"))


def _render(name: str, context: Mapping[str, Any], autoescape: bool) -> str:
    # The engine's own template, because text must not be escaped as HTML is.
    template: Any = get_template(name)
    return str(template.template.render(Context(dict(context), autoescape=autoescape)))


def tidy_text(text: str) -> str:
    """Template tags leave holes: at most one empty line in a row, none at either end."""
    lines = "\n".join(line.rstrip() if line != "-- " else line for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", f"{lines}\n").strip() + "\n"


def inline(html: str) -> str:
    """Styles moved to where mail programs look for them; media queries stay in the head."""
    return str(_inliner().inline(_INDENTS.sub("\n", html)))


def inline_fragment(html: str) -> str:
    """The same for a piece of a mail, by the style sheet of `mail/base.html`."""
    piece = _INDENTS.sub("\n", html)
    return str(_inliner().inline_fragment(piece, css=_style())).strip()


@cache
def _style() -> str:
    """The rules for every screen; those for some stay in the head of the whole mail."""
    return _render("mail/style.css", {}, autoescape=False)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
    )
