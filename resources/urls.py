from django.http import Http404, HttpRequest
from django.urls import path

app_name = "resources"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("c/<slug:cohort_slug>/library/", coming, name="resource_list"),
    path("c/<slug:cohort_slug>/library/new/", coming, name="resource_create"),
    path("c/<slug:cohort_slug>/library/<int:resource_pk>/", coming, name="resource_detail"),
]
