"""Tells open sockets that somebody's access changed; they look for themselves what is left."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

# What is told to any of the groups below is told here too, for those who listen for many.
ACCESS = "access"


def member_group(member_pk: int) -> str:
    return f"member.{member_pk}"


def user_group(user_pk: int) -> str:
    return f"user.{user_pk}"


def cohort_group(cohort_pk: int) -> str:
    return f"cohort.{cohort_pk}"


def access_changed(member_pk: int) -> None:
    """A membership got another role or team, ended, or began again."""
    _send(member_group(member_pk))


def user_access_changed(user_pk: int) -> None:
    """A person signed out, changed their password, or was deactivated."""
    _send(user_group(user_pk))


def cohort_access_changed(cohort_pk: int) -> None:
    """A cohort got new norms that nobody has agreed to yet, or was archived."""
    _send(cohort_group(cohort_pk))


def _send(group: str) -> None:
    try:
        send = async_to_sync(get_channel_layer().group_send)
        send(group, {"type": "access.changed"})
        send(ACCESS, {"type": "access.changed", "group": group})
    except Exception:
        # Redis is away. What was changed stands, and every socket asks the database on its own.
        logger.warning("Could not tell open sockets of %s", group, exc_info=True)
