from django.urls import path

from cohort.views import confirmation, invitations, people, teams

app_name = "cohort"

COHORT = "c/<slug:cohort_slug>"
TEAM = f"{COHORT}/teams/<slug:team_slug>"
INVITATION = f"{COHORT}/invitations/<int:invitation_pk>"

urlpatterns = [
    path(f"{COHORT}/people/", people.people, name="people"),
    path(f"{COHORT}/people/<int:member_pk>/", people.person_detail, name="person_detail"),
    path(f"{COHORT}/teams/", teams.team_list, name="team_list"),
    path(f"{TEAM}/", teams.team_detail, name="team_detail"),
    path(f"{TEAM}/edit/", teams.team_edit, name="team_edit"),
    path(f"{TEAM}/organizations/", teams.organization_create, name="team_organization_create"),
    path(
        f"{TEAM}/organizations/<int:organization_pk>/removal/",
        teams.organization_removal,
        name="team_organization_removal",
    ),
    path(f"{COHORT}/invitations/", invitations.invitation_create, name="invitation_create"),
    path(f"{INVITATION}/resend/", invitations.invitation_resend, name="invitation_resend"),
    path(f"{INVITATION}/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("me/", people.profile_edit, name="profile_edit"),
    path("me/photo/removal/", people.photo_removal, name="photo_removal"),
    path("me/confirmation/", confirmation.confirmation, name="confirmation"),
    path("me/confirmation/code/", confirmation.confirmation_code, name="confirmation_code"),
    path("people/<int:user_pk>/photo/", people.photo, name="photo"),
    path("invitations/<str:token>/", invitations.invitation_detail, name="invitation_detail"),
    path(
        "invitations/<str:token>/accept/", invitations.invitation_accept, name="invitation_accept"
    ),
]
