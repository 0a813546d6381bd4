from django.urls import path

from sessions.consumers import live_notes, live_room

# Django's `path` is typed for views; Channels' router calls what it leads to as ASGI.
websocket_urlpatterns = [
    path("ws/c/<slug:cohort_slug>/sessions/<int:session_pk>/", live_room),  # type: ignore[arg-type]
    path("ws/c/<slug:cohort_slug>/sessions/<int:session_pk>/notes/", live_notes),  # type: ignore[arg-type]
]
