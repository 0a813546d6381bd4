"""What must not stand in a log: addresses that are keys."""

import logging
import re
from functools import cache

from django.conf import settings

# The part of an address after these is a secret: feeds, calendars, invitations, choices,
# answers and unsubscribing by a link, and both by mail.
_PAGES = r"(?P<page>/(?:feeds|calendar|s|u|choices|invitations)/)[^/\s'\"?<]{16,}"
_MAILBOXES = r"(?P<mailbox>(?<!\w)(?:reply|unsubscribe)(?:[+-]|%2B|=2B))[0-9a-z-]{16,}"
SECRET = re.compile(f"{_PAGES}|{_MAILBOXES}", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """A text whose addresses, of whatever site, open nothing any more."""
    return _hidden(SECRET, text)


def without_our_secrets(text: str) -> str:
    """What people wrote, without addresses of ours that open something; links elsewhere stay."""
    return _hidden(_ours(settings.BASE_URL), text)


@cache
def _ours(base_url: str) -> re.Pattern[str]:
    page = _PAGES.replace("(?P<page>", f"(?P<page>{re.escape(base_url)}", 1)
    return re.compile(f"{page}|{_MAILBOXES}", re.IGNORECASE)


def _hidden(secrets: re.Pattern[str], text: str) -> str:
    return secrets.sub(lambda found: f"{found['page'] or found['mailbox']}…", text)


class HideSecrets(logging.Filter):
    """Takes the secrets of addresses out of a line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET.search(message):
            record.msg, record.args = without_secrets(message), ()
        return True
