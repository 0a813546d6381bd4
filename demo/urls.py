"""Only routed in demo mode, below `/demo/`."""

from typing import Any

from django.urls import path

from demo import views
from demo.styleguide import components

app_name = "demo"
urlpatterns: list[Any] = [
    path("components/", components, name="components"),
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<int:message_pk>/", views.message_detail, name="message_detail"),
    path("mail/<int:message_pk>/answer/", views.answer_create, name="answer_create"),
    path("mail/<int:message_pk>/html/", views.message_html, name="message_html"),
    path("mail/<int:message_pk>/source/", views.message_source, name="message_source"),
    path(
        "mail/<int:message_pk>/attachments/<int:number>/",
        views.attachment_download,
        name="attachment_download",
    ),
]
