"""Sessions in the database, found by keys that could be one and no others."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """A cookie is anybody's text: quoted, it can hold characters that PostgreSQL refuses."""

    def _validate_session_key(self, key: Any) -> bool:
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()  # type: ignore[misc]
