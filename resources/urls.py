from django.urls import path

from resources import views
from resources.views import collections, requests, trials

app_name = "resources"
LIBRARY = "c/<slug:cohort_slug>/library/"
RESOURCE = f"{LIBRARY}<int:resource_pk>/"
VERSION = f"{RESOURCE}versions/<int:number>/"
TRIAL = f"{RESOURCE}trials/<int:trial_pk>/"
LISTS = f"{LIBRARY}lists/"
LIST = f"{LISTS}<int:collection_pk>/"
ITEM = f"{LIST}items/<int:item_pk>/"
REQUESTS = f"{LIBRARY}requests/"
REQUEST = f"{REQUESTS}<int:request_pk>/"
urlpatterns = [
    path(LIBRARY, views.resource_list, name="resource_list"),
    path(f"{LIBRARY}new/", views.resource_create, name="resource_create"),
    path(f"{LIBRARY}zip/", views.selection_zip, name="selection_zip"),
    path(f"{LIBRARY}everything/", views.library_take, name="library_take"),
    path(f"{LIBRARY}everything/zip/", views.library_zip, name="library_zip"),
    path(f"{LIBRARY}trials/", trials.trial_list, name="trial_list"),
    path(f"{LIBRARY}trials/export.csv", trials.trial_export, name="trial_export"),
    path(f"{LIBRARY}trials/asking/", trials.trial_asking, name="trial_asking"),
    path(f"{LIBRARY}new/link-words/", views.link_words, name="link_words"),
    path(f"{LIBRARY}added/", views.added_list, name="added_list"),
    path(f"{LIBRARY}new/page/", views.page_create, name="page_create"),
    path(LISTS, collections.collection_list, name="collection_list"),
    path(f"{LISTS}new/", collections.collection_create, name="collection_create"),
    path(LIST, collections.collection_detail, name="collection_detail"),
    path(f"{LIST}zip/", views.collection_zip, name="collection_zip"),
    path(f"{LIST}edit/", collections.collection_edit, name="collection_edit"),
    path(f"{LIST}removal/", collections.collection_removal, name="collection_removal"),
    path(f"{LIST}feature/", collections.collection_feature, name="collection_feature"),
    path(
        f"{LIST}feature/removal/",
        collections.collection_feature_removal,
        name="collection_feature_removal",
    ),
    path(f"{ITEM}shift/", collections.item_shift, name="item_shift"),
    path(f"{ITEM}edit/", collections.item_edit, name="item_edit"),
    path(f"{ITEM}removal/", collections.item_removal, name="item_removal"),
    path(REQUESTS, requests.request_list, name="request_list"),
    path(f"{REQUESTS}new/", requests.request_create, name="request_create"),
    path(REQUEST, requests.request_detail, name="request_detail"),
    path(f"{REQUEST}edit/", requests.request_edit, name="request_edit"),
    path(f"{REQUEST}removal/", requests.request_removal, name="request_removal"),
    path(f"{REQUEST}closing/", requests.request_closing, name="request_closing"),
    path(
        f"{REQUEST}closing/removal/",
        requests.request_closing_removal,
        name="request_closing_removal",
    ),
    path(f"{REQUEST}answers/<int:resource_pk>/", requests.answer_create, name="answer_create"),
    path(RESOURCE, views.resource_detail, name="resource_detail"),
    path(f"{RESOURCE}edit/", views.resource_edit, name="resource_edit"),
    path(f"{RESOURCE}remove/", views.resource_remove, name="resource_remove"),
    path(f"{RESOURCE}comments/", views.comment_create, name="comment_create"),
    path(f"{RESOURCE}lists/", collections.placing_edit, name="placing_edit"),
    path(f"{RESOURCE}helpful/", views.helpful_create, name="helpful_create"),
    path(f"{RESOURCE}helpful/removal/", views.helpful_removal, name="helpful_removal"),
    path(f"{RESOURCE}feature/", views.feature_create, name="feature_create"),
    path(f"{RESOURCE}feature/removal/", views.feature_removal, name="feature_removal"),
    path(f"{RESOURCE}trials/new/", trials.trial_create, name="trial_create"),
    path(f"{TRIAL}report/", trials.trial_report, name="trial_report"),
    path(f"{TRIAL}removal/", trials.trial_removal, name="trial_removal"),
    path(f"{RESOURCE}file/", views.resource_download, name="resource_download"),
    path(f"{RESOURCE}written/<int:number>/", views.written_page, name="written_page"),
    path(f"{RESOURCE}written/<int:number>/restoring/", views.page_restoring, name="page_restoring"),
    path(f"{VERSION}restoring/", views.version_restoring, name="version_restoring"),
    path(f"{VERSION}file/", views.version_download, name="version_download"),
    path(f"{VERSION}pages/<int:page>/", views.page_picture, name="page_picture"),
]
