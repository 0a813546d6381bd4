"""The line in our mails above which an answer is written: whatever follows it was ours."""

import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

WORDS = _("Write above this line to answer")


def marker() -> str:
    """As it stands in a mail; no mail program wraps it, even quoted."""
    return f"--- {WORDS} ---"


def find_marker() -> re.Pattern[str]:
    """What finds it in any of our languages, whatever spaces a mail program put into it."""
    phrases = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            phrases.append(r"[\s\xa0>]+".join(map(re.escape, str(WORDS).split())))
    return re.compile(rf"[-–—]{{0,3}}[ \xa0]*(?:{'|'.join(phrases)})", re.IGNORECASE)
