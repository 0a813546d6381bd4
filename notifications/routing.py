from django.urls import path

from notifications.consumers import open_bell

# Django's `path` is typed for views; Channels' router calls what it leads to as ASGI.
websocket_urlpatterns = [
    path("ws/c/<slug:cohort_slug>/bell/", open_bell),  # type: ignore[arg-type]
]
