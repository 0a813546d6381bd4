"""The few events of accounts that only signals tell: open sockets must not outlive them.

That somebody signed out is told by `cohort.session_store`, once it is done.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set

from cohort import live


def close_sockets(*, user: Any, **kwargs: Any) -> None:
    if user is not None and user.pk:
        live.user_access_changed(user.pk)


def connect() -> None:
    for signal in (password_changed, password_reset, password_set):
        signal.connect(close_sockets, dispatch_uid="cohort.close_sockets")
