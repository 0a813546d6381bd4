from django.http import Http404, HttpRequest
from django.urls import path

app_name = "notifications"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("me/mail/", coming, name="choices"),
]
