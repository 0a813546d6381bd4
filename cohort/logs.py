"""What must not stand in a log: addresses that are keys."""

import logging
import re

# The part of an address after these is a secret: feeds, mailed invitations, answers, choices.
SECRET = re.compile(r"/(feeds|calendar|s|u|choices|invitations)/[^/\s'\"?]{16,}")


class HideSecrets(logging.Filter):
    """Takes the secrets of addresses out of a line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET.search(message):
            record.msg, record.args = SECRET.sub(r"/\1/…", message), ()
        return True
