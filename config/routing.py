"""Every socket of the product."""

from sessions.routing import websocket_urlpatterns

__all__ = ["websocket_urlpatterns"]
