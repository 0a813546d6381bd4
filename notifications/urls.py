from django.urls import path

from notifications import views, views_bell

app_name = "notifications"
BELL = "c/<slug:cohort_slug>/bell/"

urlpatterns = [
    path(BELL, views_bell.bell_list, name="bell_list"),
    path(f"{BELL}reading/", views_bell.bell_reading, name="bell_reading"),
    path(f"{BELL}reading/removal/", views_bell.bell_reading_removal, name="bell_reading_removal"),
    path(f"{BELL}<int:entry_pk>/reading/", views_bell.entry_reading, name="entry_reading"),
    path(
        f"{BELL}<int:entry_pk>/reading/removal/",
        views_bell.entry_reading_removal,
        name="entry_reading_removal",
    ),
    path("me/mail/", views.choices, name="choices"),
    path("u/<str:token>/", views.unsubscribe_detail, name="unsubscribe"),
    path("u/<str:token>/confirm/", views.unsubscribe_confirm, name="unsubscribe_confirm"),
    path("u/<str:token>/undo/", views.unsubscribe_undo, name="unsubscribe_undo"),
    path("healthz", views.healthz, name="healthz"),
    path("livez", views.livez, name="livez"),
]
