from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("me/mail/", views.choices, name="choices"),
    path("u/<str:token>/", views.unsubscribe_detail, name="unsubscribe"),
    path("u/<str:token>/confirm/", views.unsubscribe_confirm, name="unsubscribe_confirm"),
    path("u/<str:token>/undo/", views.unsubscribe_undo, name="unsubscribe_undo"),
    path("healthz", views.healthz, name="healthz"),
    path("livez", views.livez, name="livez"),
]
