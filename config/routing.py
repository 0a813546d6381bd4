"""Every socket of the product."""

from forums.routing import websocket_urlpatterns as of_threads
from notifications.routing import websocket_urlpatterns as of_bells
from sessions.routing import websocket_urlpatterns as of_rooms

websocket_urlpatterns = [*of_rooms, *of_threads, *of_bells]
