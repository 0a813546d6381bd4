"""One process for small sites: pages go through a thread bridge to WSGI, sockets to Channels.

Django's synchronous views cost several milliseconds more under plain ASGI, hence the bridge
(docs/decisions/0002-serving.md). In production a WSGI server answers the pages, and this
application only `/ws/`.
"""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from config.wsgi import application as pages

# The routes import models, so they come after Django is set up by config.wsgi.
from cohort.sockets import SessionAuthMiddleware  # isort: skip
from config.routing import websocket_urlpatterns  # isort: skip

PAGE_THREADS = 10

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast("Any", pages), workers=PAGE_THREADS),
        "websocket": AllowedHostsOriginValidator(
            SessionAuthMiddleware(URLRouter(websocket_urlpatterns))
        ),
    }
)
