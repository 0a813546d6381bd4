"""Every route of the product. Each app says its whole path, so that this page stays short."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("home.urls")),
    path("", include("facilitation.urls")),
    path("", include("sessions.urls")),
    path("", include("resources.urls")),
    path("", include("forums.urls")),
    path("", include("notifications.urls")),
    path("", include("cohort.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "cohort.errors.bad_request"
handler404 = "cohort.errors.page_not_found"

if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
