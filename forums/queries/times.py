"""When things were written, for many rows of one page."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from cohort.templatetags.cohort import ago_text

MINUTES, HOURS, DAYS = 60, 3600, 86400
# How long ago words are told in days; from then on it is a date.
DAYS_IN_WORDS = 14


class Clock:
    """Says moments as the `ago` filter does, each set of words made once a page."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.words: dict[object, SafeString] = {}

    def ago(self, moment: datetime) -> SafeString:
        stamp = moment.astimezone(UTC).isoformat(timespec="minutes")[:16]
        return SafeString(f'<time datetime="{stamp}Z">{self.ago_in_words(moment)}</time>')

    def ago_in_words(self, moment: datetime) -> SafeString:
        seconds = int((self.now - moment).total_seconds())
        key: object
        if seconds < HOURS:
            key = ("minutes", seconds // MINUTES)
        elif seconds < DAYS:
            key = ("hours", seconds // HOURS)
        elif seconds < DAYS_IN_WORDS * DAYS:
            key = ("days", seconds // DAYS)
        else:
            key = timezone.localtime(moment).date()
        words = self.words.get(key)
        if words is None:
            words = self.words[key] = escape(ago_text(moment, self.now))
        return words
