from django.urls import path

from home import search_page, subjects, views
from home.welcome import welcome

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("c/<slug:cohort_slug>/", views.home, name="home"),
    path("c/<slug:cohort_slug>/welcome/", welcome, name="welcome"),
    path("c/<slug:cohort_slug>/year/", views.year, name="year"),
    path("c/<slug:cohort_slug>/search/", search_page.search, name="search"),
    path("c/<slug:cohort_slug>/search/names/", search_page.name_list, name="name_list"),
    path(
        "c/<slug:cohort_slug>/themes/<slug:theme_slug>/", subjects.theme_detail, name="theme_detail"
    ),
    path("c/<slug:cohort_slug>/tags/<str:tag_slug>/", subjects.tag_detail, name="tag_detail"),
]
