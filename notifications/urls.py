from django.urls import path

from notifications import hooks, views, views_bell, views_choices, views_devices, views_inbound

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
    path("me/mail/", views_choices.choices, name="choices"),
    path("me/devices/", views_devices.device_list, name="device_list"),
    path("me/devices/<int:device_pk>/name/", views_devices.device_name, name="device_name"),
    path(
        "me/devices/<int:device_pk>/removal/", views_devices.device_removal, name="device_removal"
    ),
    path("manifest.webmanifest", views_devices.manifest, name="manifest"),
    path("sw.js", views_devices.service_worker, name="service_worker"),
    path("offline/", views_devices.offline, name="offline"),
    path("choices/<str:token>/", views_choices.scoped_choices, name="scoped_choices"),
    path("u/<str:token>/", views.unsubscribe_detail, name="unsubscribe"),
    path("u/<str:token>/confirm/", views.unsubscribe_confirm, name="unsubscribe_confirm"),
    path("u/<str:token>/undo/", views.unsubscribe_undo, name="unsubscribe_undo"),
    path("hooks/mail/<slug:provider>/", hooks.tracking, name="mail_hook"),
    path("me/mail/answers/renewal/", views_inbound.reply_renewal, name="reply_renewal"),
    path(
        "webhooks/inbound/<slug:provider>/", views_inbound.inbound_webhook, name="inbound_webhook"
    ),
    # Mailgun sends a mail whole where an address has "mime" in it.
    path(
        "webhooks/inbound-mime/<slug:provider>/", views_inbound.inbound_webhook, name="inbound_mime"
    ),
    path("healthz", views.healthz, name="healthz"),
    path("livez", views.livez, name="livez"),
]
