"""Sessions in the database, found by keys that could be one and no others."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from cohort import live


class SessionStore(db.SessionStore):
    """A cookie is anybody's text: quoted, it can hold characters that PostgreSQL refuses."""

    def _validate_session_key(self, key: Any) -> bool:
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()  # type: ignore[misc]

    def flush(self) -> None:
        """Somebody signs out. Open sockets are told when it is done: they look only once.

        Django's own signal is sent before the session is gone, so whoever is quick would still
        find it there.
        """
        user_pk = self.get(SESSION_KEY)
        super().flush()
        if user_pk:
            live.user_access_changed(int(user_pk))
