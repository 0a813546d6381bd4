from django.urls import path

from forums.consumers import open_thread

# Django's `path` is typed for views; Channels' router calls what it leads to as ASGI.
websocket_urlpatterns = [
    path("ws/c/<slug:cohort_slug>/discussions/<int:thread_pk>/", open_thread),  # type: ignore[arg-type]
]
