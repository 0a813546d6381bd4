"""Health check without curl: `python -m deploy.answers URL` succeeds on status 200."""

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.HTTPError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
