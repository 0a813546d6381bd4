"""Every request is read as UTF-8, whatever it says of itself."""

import re
from collections.abc import Iterable
from typing import Any

_CHARSET = re.compile(r";\s*charset\s*\*?\s*=[^;]*", re.IGNORECASE)


def without_charset(content_type: str) -> str:
    return _CHARSET.sub("", content_type)


class ReadAsUtf8:
    """Takes the charset out of a request's content type before Django looks at it.

    Django would look it up among all of Python's codecs, and some of those are no charsets (an
    error before any page could answer) or give text that no database takes.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if content_type := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = without_charset(content_type)
        return self.application(environ, start_response)
