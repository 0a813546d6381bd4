from django.http import Http404, HttpRequest
from django.urls import path

app_name = "home"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("", coming, name="start"),
    path("c/<slug:cohort_slug>/", coming, name="home"),
    path("c/<slug:cohort_slug>/year/", coming, name="year"),
    path("c/<slug:cohort_slug>/search/", coming, name="search"),
    path("c/<slug:cohort_slug>/themes/<slug:theme_slug>/", coming, name="theme_detail"),
]
