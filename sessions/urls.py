from django.http import Http404, HttpRequest
from django.urls import path

app_name = "sessions"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("c/<slug:cohort_slug>/sessions/", coming, name="session_list"),
    path("c/<slug:cohort_slug>/sessions/<int:session_pk>/", coming, name="session_detail"),
]
