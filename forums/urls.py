from django.urls import path

from forums import views
from forums.views import (
    announcing,
    attachments,
    copies,
    drafts,
    feeds,
    flags,
    following,
    labels,
    moving,
    naming,
    polls,
    post_pages,
    reactions,
    spaces,
    states,
)

app_name = "forums"

DISCUSSIONS = "c/<slug:cohort_slug>/discussions/"
ATTACHMENTS = "c/<slug:cohort_slug>/attachments/"
THREAD = f"{DISCUSSIONS}<int:thread_pk>/"
POST = f"{THREAD}posts/<int:number>/"
SPACE = f"{DISCUSSIONS}spaces/<slug:space_slug>/"
SPACE_FOLLOWING = f"{SPACE}following/"
THEME_FOLLOWING = f"{DISCUSSIONS}themes/<slug:theme_slug>/following/"
TAG_FOLLOWING = f"{DISCUSSIONS}tags/<str:tag_slug>/following/"

urlpatterns = [
    path(DISCUSSIONS, views.thread_list, name="thread_list"),
    path(f"{DISCUSSIONS}new/", views.thread_create, name="thread_create"),
    path(f"{DISCUSSIONS}drafts/", drafts.draft_list, name="draft_list"),
    path(f"{DISCUSSIONS}drafts/mail/<slug:key>/", drafts.mailed_draft, name="mailed_draft"),
    path(f"{DISCUSSIONS}drafts/removal/", drafts.draft_removal, name="draft_removal"),
    path(f"{DISCUSSIONS}editor/", naming.editor, name="editor"),
    path(f"{DISCUSSIONS}names/", naming.name_list, name="name_list"),
    path(f"{DISCUSSIONS}names/count/", naming.name_count, name="name_count"),
    path(ATTACHMENTS, attachments.attachment_create, name="attachment_create"),
    path(f"{ATTACHMENTS}<uuid:attachment_pk>/", attachments.attachment, name="attachment"),
    path(f"{DISCUSSIONS}following/", following.following_list, name="following_list"),
    path(
        f"{DISCUSSIONS}following/spaces/", following.space_following_all, name="space_following_all"
    ),
    path(f"{DISCUSSIONS}reading/", following.reading_all, name="reading_all"),
    path(SPACE_FOLLOWING, following.space_following, name="space_following"),
    path(THEME_FOLLOWING, following.theme_following, name="theme_following"),
    path(
        f"{THEME_FOLLOWING}removal/",
        following.theme_following_removal,
        name="theme_following_removal",
    ),
    path(TAG_FOLLOWING, following.tag_following, name="tag_following"),
    path(f"{TAG_FOLLOWING}removal/", following.tag_following_removal, name="tag_following_removal"),
    path(f"{THREAD}following/", following.thread_following, name="thread_following"),
    path(
        f"{THREAD}following/removal/",
        following.thread_following_removal,
        name="thread_following_removal",
    ),
    path(f"{THREAD}reading/", following.reading_create, name="reading_create"),
    path(f"{THREAD}reading/removal/", following.reading_removal, name="reading_removal"),
    path(THREAD, views.thread_detail, name="thread_detail"),
    path(f"{THREAD}print/", copies.thread_print, name="thread_print"),
    path(f"{THREAD}export.html", copies.thread_export_html, name="thread_export_html"),
    path(f"{THREAD}export.md", copies.thread_export_markdown, name="thread_export_markdown"),
    path(f"{THREAD}posts/", views.post_create, name="post_create"),
    path(POST, post_pages.post_detail, name="post_detail"),
    path(f"{POST}history/", post_pages.post_history, name="post_history"),
    path(f"{POST}reactions/", reactions.reaction_toggle, name="reaction_toggle"),
    path(f"{POST}bookmark/", reactions.bookmark_toggle, name="bookmark_toggle"),
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
    path(f"{THREAD}feature/", states.feature_create, name="feature_create"),
    path(f"{THREAD}feature/removal/", states.feature_removal, name="feature_removal"),
    path(f"{THREAD}answers-first/", states.answers_first_create, name="answers_first_create"),
    path(
        f"{THREAD}answers-first/removal/",
        states.answers_first_removal,
        name="answers_first_removal",
    ),
    path(f"{THREAD}announcement/", announcing.announcement_create, name="announcement_create"),
    path(f"{THREAD}edit/", labels.thread_edit, name="thread_edit"),
    path(f"{THREAD}space/", moving.thread_move, name="thread_move"),
    path(f"{THREAD}split/", moving.thread_split, name="thread_split"),
    path(f"{POST}split/", moving.thread_split, name="post_split"),
    path(f"{THREAD}merges/", moving.merge_list, name="merge_list"),
    path(f"{THREAD}merges/<int:source_pk>/", moving.merge_create, name="merge_create"),
    path(f"{DISCUSSIONS}spaces/", spaces.space_list, name="space_list"),
    path(f"{DISCUSSIONS}spaces/new/", spaces.space_create, name="space_create"),
    path(SPACE, spaces.space_edit, name="space_edit"),
    path(f"{SPACE}position/", spaces.space_shift, name="space_shift"),
    path(f"{SPACE}removal/", spaces.space_removal, name="space_removal"),
    path(f"{DISCUSSIONS}flags/", flags.flag_list, name="flag_list"),
    path(f"{DISCUSSIONS}flags/decided/", flags.decision_list, name="decision_list"),
    path(f"{POST}flag/", flags.flag_create, name="flag_create"),
    path(f"{POST}flag/keeping/", flags.keeping_create, name="keeping_create"),
    path(f"{POST}flag/question/", flags.question_create, name="question_create"),
    path(f"{POST}hiding/", flags.hiding_create, name="hiding_create"),
    path(f"{POST}hiding/removal/", flags.hiding_removal, name="hiding_removal"),
    path(f"{POST}takedown/", flags.takedown_create, name="takedown_create"),
    path("c/<slug:cohort_slug>/feeds/", feeds.feed_key_list, name="feed_key_list"),
    path(
        "c/<slug:cohort_slug>/feeds/<int:key_pk>/removal/",
        feeds.feed_key_removal,
        name="feed_key_removal",
    ),
    path("feeds/<str:key>/", feeds.feed, name="feed"),
    path("feeds/<str:key>/spaces/<slug:space_slug>/", feeds.space_feed, name="space_feed"),
    path("feeds/<str:key>/themes/<slug:theme_slug>/", feeds.theme_feed, name="theme_feed"),
]
