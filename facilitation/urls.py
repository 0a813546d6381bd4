from django.http import Http404, HttpRequest
from django.urls import path

app_name = "facilitation"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("c/<slug:cohort_slug>/console/", coming, name="console"),
]
