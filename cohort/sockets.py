"""Who is at the other end of a socket, and the threads in which sockets ask the database."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cohort.models import User

P = ParamSpec("P")
T = TypeVar("T")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
SocketApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

# Few, so that a thousand sockets cannot take the connections that pages need.
DATABASE_THREADS = 4
_threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="sockets")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what asks the database outside the event loop, giving its connection back afterwards."""

    def tidily() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, tidily)


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser: whose it is, and what must stay true for it to remain so."""

    user_pk: int
    session_key: str
    session_hash: str


class SessionAuthMiddleware:
    """Puts the visitor, or None, into the scope of each socket."""

    def __init__(self, inner: SocketApplication) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _session_key(scope)
        visitor = await in_thread(find_visitor, key) if key else None
        await self.inner({**scope, "visitor": visitor}, receive, send)


def _session_key(scope: Scope) -> str:
    for name, value in scope.get("headers", ()):
        if name != b"cookie":
            continue
        try:
            cookie = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            continue
        if cookie:
            return cookie.value
    return ""


def find_visitor(session_key: str) -> Visitor | None:
    """Whose session this is, by the same rules as for a page."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    if not user.is_authenticated or not isinstance(user, User) or store.session_key is None:
        return None
    return Visitor(user.pk, store.session_key, user.get_session_auth_hash())


def still_signed_in(visitors: Collection[Visitor]) -> set[Visitor]:
    """Those who have not signed out, changed their password or been deactivated meanwhile."""
    keys = set(
        Session.objects.filter(
            session_key__in={visitor.session_key for visitor in visitors},
            expire_date__gt=timezone.now(),
        ).values_list("session_key", flat=True)
    )
    people = User.objects.filter(is_active=True).in_bulk({v.user_pk for v in visitors})
    hash_of = {pk: user.get_session_auth_hash() for pk, user in people.items()}
    return {
        visitor
        for visitor in visitors
        if visitor.session_key in keys
        and constant_time_compare(hash_of.get(visitor.user_pk, ""), visitor.session_hash)
    }
