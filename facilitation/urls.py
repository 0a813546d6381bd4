from django.urls import path

from facilitation.views import answers, console, edition, links, mail, mails, roster, tags

app_name = "facilitation"

CONSOLE = "c/<slug:cohort_slug>/console"
IMPORT = f"{CONSOLE}/roster/imports/<int:import_pk>"
DELIVERY = f"{CONSOLE}/deliveries/<int:delivery_pk>"
MEMBER = f"{CONSOLE}/people/<int:member_pk>"
TAG = f"{CONSOLE}/tags/<int:tag_pk>"
WEEK = f"{CONSOLE}/edition/<str:week>"
MAIL = f"{CONSOLE}/mails/<str:sample>"

urlpatterns = [
    path(f"{CONSOLE}/", console.console, name="console"),
    path(f"{CONSOLE}/sessions/", console.sessions, name="sessions"),
    path(f"{CONSOLE}/deliveries/", mail.deliveries, name="deliveries"),
    path(f"{CONSOLE}/deliveries/retry/", mail.deliveries_retry, name="deliveries_retry"),
    path(f"{DELIVERY}/", mail.delivery_detail, name="delivery_detail"),
    path(f"{DELIVERY}/retry/", mail.delivery_retry, name="delivery_retry"),
    path(f"{CONSOLE}/addresses/trial/", mail.address_trial, name="address_trial"),
    path(f"{CONSOLE}/answers/", answers.answer_list, name="answer_list"),
    path(f"{CONSOLE}/links/", links.link_list, name="link_list"),
    path(f"{CONSOLE}/roster/", roster.roster_list, name="roster"),
    path(f"{CONSOLE}/roster/export/", roster.roster_export, name="roster_export"),
    path(f"{CONSOLE}/roster/imports/", roster.roster_import, name="roster_import"),
    path(f"{IMPORT}/", roster.roster_import_detail, name="roster_import_detail"),
    path(f"{IMPORT}/refused/", roster.roster_import_refused, name="roster_import_refused"),
    path(f"{MEMBER}/", roster.member_edit, name="member_edit"),
    path(f"{MEMBER}/removal/", roster.member_removal, name="member_removal"),
    path(f"{MEMBER}/restoration/", roster.member_restoration, name="member_restoration"),
    path(f"{CONSOLE}/edition/", edition.edition, name="edition"),
    path(f"{WEEK}/", edition.edition_note, name="edition_note"),
    path(f"{WEEK}/draft/", edition.edition_note_draft, name="edition_note_draft"),
    path(f"{WEEK}/withdrawal/", edition.edition_note_withdrawal, name="edition_note_withdrawal"),
    path(f"{WEEK}/test/", edition.edition_test, name="edition_test"),
    path(f"{WEEK}/preview/", edition.edition_preview, name="edition_preview"),
    path(f"{CONSOLE}/mails/", mails.mail_list, name="mail_list"),
    path(f"{MAIL}/", mails.mail_detail, name="mail_detail"),
    path(f"{MAIL}/frame/", mails.mail_frame, name="mail_frame"),
    path(f"{CONSOLE}/tags/", tags.tag_list, name="tag_list"),
    path(f"{TAG}/", tags.tag_edit, name="tag_edit"),
    path(f"{TAG}/merge/", tags.tag_merge, name="tag_merge"),
    path(f"{TAG}/removal/", tags.tag_removal, name="tag_removal"),
]
