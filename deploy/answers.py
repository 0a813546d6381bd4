"""Health check without curl: `python -m deploy.answers URL` succeeds on status 200.

Of `lmtp://host:port` it wants a mail server's greeting, and an answer to its own.
"""

import smtplib
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

SECONDS = 4


def main(url: str) -> int:
    try:
        is_well = _receives_mail(url) if url.startswith("lmtp:") else _shows_a_page(url)
    except (OSError, urllib.error.HTTPError, smtplib.SMTPException):
        return 1
    return 0 if is_well else 1


def _shows_a_page(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310
        return bool(answer.status == 200)


def _receives_mail(url: str) -> bool:
    place = urlsplit(url)
    with smtplib.SMTP(place.hostname or "", place.port or 24, timeout=SECONDS) as server:
        code, _words = server.docmd("LHLO", "localhost")
        return code == 250


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
