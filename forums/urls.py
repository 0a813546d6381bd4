from django.urls import path

from forums import views
from forums.views import polls

app_name = "forums"

DISCUSSIONS = "c/<slug:cohort_slug>/discussions/"
THREAD = f"{DISCUSSIONS}<int:thread_pk>/"
POST = f"{THREAD}posts/<int:number>/"

urlpatterns = [
    path(DISCUSSIONS, views.thread_list, name="thread_list"),
    path(f"{DISCUSSIONS}new/", views.thread_create, name="thread_create"),
    path(THREAD, views.thread_detail, name="thread_detail"),
    path(f"{THREAD}posts/", views.post_create, name="post_create"),
    path(f"{POST}edit/", views.post_edit, name="post_edit"),
    path(f"{POST}removal/", views.post_removal, name="post_removal"),
    path(f"{POST}vote/", polls.vote_create, name="vote_create"),
    path(f"{POST}poll/closing/", polls.poll_closing_create, name="poll_closing_create"),
    path(f"{POST}poll/votes/", polls.vote_list, name="vote_list"),
    path(f"{POST}answer/", views.answer_create, name="answer_create"),
    path(f"{THREAD}answer/removal/", views.answer_removal, name="answer_removal"),
    path(f"{THREAD}pin/", views.pin_create, name="pin_create"),
    path(f"{THREAD}pin/removal/", views.pin_removal, name="pin_removal"),
    path(f"{THREAD}closing/", views.closing_create, name="closing_create"),
    path(f"{THREAD}closing/removal/", views.closing_removal, name="closing_removal"),
]
