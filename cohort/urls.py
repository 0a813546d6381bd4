from django.http import Http404, HttpRequest
from django.urls import path

app_name = "cohort"


def coming(request: HttpRequest, **kwargs: object) -> None:
    raise Http404


urlpatterns = [
    path("c/<slug:cohort_slug>/people/", coming, name="people"),
    path("c/<slug:cohort_slug>/people/<int:member_pk>/", coming, name="person_detail"),
    path("c/<slug:cohort_slug>/teams/", coming, name="team_list"),
    path("c/<slug:cohort_slug>/teams/<slug:team_slug>/", coming, name="team_detail"),
    path("c/<slug:cohort_slug>/welcome/", coming, name="welcome"),
    path("me/", coming, name="profile_edit"),
    path("invitations/<str:token>/", coming, name="invitation_detail"),
]
