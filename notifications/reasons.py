"""Why a mail was not sent: words of code for the row, words for people in the delivery log."""

from typing import Any

from django.utils.translation import gettext_lazy as _

LEFT = "left"
NOT_WELCOMED = "not-welcomed"
SWITCHED_OFF = "switched-off"
PAUSED = "paused"
SUPPRESSED = "suppressed"
ARCHIVED = "archived"
LATE = "late"
EMPTY = "empty"
GONE = "gone"
RESTORED = "restored"
EXPIRED = "expired"
BOUNCED = "bounced"
REJECTED = "rejected"
WORKER_LOST = "worker-lost"
NOT_COMPOSED = "not-composed"
UNKNOWN_KIND = "unknown-kind"

WORDS: dict[str, Any] = {
    LEFT: _("No longer in the cohort"),
    NOT_WELCOMED: _("Has not agreed to the cohort’s norms yet"),
    SWITCHED_OFF: _("Switched this mail off"),
    PAUSED: _("Wants no mail for a while"),
    SUPPRESSED: _("The address refuses mail"),
    ARCHIVED: _("The cohort is archived"),
    LATE: _("It was too late to be of use"),
    EMPTY: _("Nothing new for this person"),
    GONE: _("What it was about is gone"),
    RESTORED: _("Was waiting when a backup was restored, and had been sent before"),
    EXPIRED: _("The mail server did not take it in time"),
    BOUNCED: _("It was sent, and came back"),
    REJECTED: _("The mail provider did not pass it on"),
    WORKER_LOST: _("The worker stopped while handing it over: it may or may not have arrived"),
    NOT_COMPOSED: _("It could not be written; the error is in the log"),
    UNKNOWN_KIND: _("Waits for a worker that knows this kind of mail"),
}


def words(reason: str) -> str:
    """A reason as people read it; what is no word of ours (a server's answer) stays as it is."""
    code, _colon, rest = reason.partition(": ")
    if code not in WORDS:
        return reason
    return f"{WORDS[code]} ({words(rest)})" if rest else str(WORDS[code])
