from django.http import Http404, HttpRequest
from django.urls import path

app_name = "forums"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("c/<slug:cohort_slug>/discussions/", coming, name="thread_list"),
    path("c/<slug:cohort_slug>/discussions/new/", coming, name="thread_create"),
    path("c/<slug:cohort_slug>/discussions/<int:thread_pk>/", coming, name="thread_detail"),
]
