from django.urls import path

from sessions.consumers import live_room

websocket_urlpatterns = [
    path("ws/c/<slug:cohort_slug>/sessions/<int:session_pk>/", live_room),
]
