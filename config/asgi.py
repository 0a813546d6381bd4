"""One process for small sites: pages go through a thread bridge to WSGI, sockets to Channels.

Django's synchronous views cost several milliseconds more under plain ASGI, hence the bridge
(docs/decisions/0002-serving.md). In production a WSGI server answers the pages, and this
application only `/ws/` and the addresses that give files.
"""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from config.wsgi import application as pages

# The routes import models, so they come after Django is set up by config.wsgi.
from cohort.files.handler import FilesHandler, gives_files  # isort: skip
from cohort.sockets import SessionAuthMiddleware  # isort: skip
from config.routing import websocket_urlpatterns  # isort: skip

PAGE_THREADS = 10
bridge: Any = WSGIMiddleware(cast("Any", pages), workers=PAGE_THREADS)
files = FilesHandler()


async def http(scope: Any, receive: Any, send: Any) -> None:
    await (files if gives_files(scope["path"]) else bridge)(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(
            SessionAuthMiddleware(URLRouter(websocket_urlpatterns))
        ),
    }
)
