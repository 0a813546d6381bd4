import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.factories import MembershipFactory, OrganizationFactory, TeamFactory, UserFactory

PEOPLE = "/c/spring/people/"


def names(response):
    return [person.user.name for person in response.context["page"]]


def upload(size=(80, 80)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return SimpleUploadedFile("me.png", out.getvalue(), "image/png")


PROFILE = {"name": "Mia", "title": "Dean", "time_zone": "America/Denver"}


def test_people_lists_who_is_here_now(browse, mia):
    assert names(browse(mia).get(PEOPLE)) == ["Fay", "Mia", "Obi", "Theo", "Tia"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=MIA", ["Mia"]),
        ("q=harbor+schools", ["Mia", "Theo"]),
        ("q=wood", ["Tia"]),
        ("q=resumes", ["Tia"]),
        ("q=mia+nobody", []),
        ("team=river", ["Tia"]),
        ("sector=industry", ["Mia", "Theo"]),
        ("role=facilitator", ["Fay"]),
        ("state=AL", ["Tia"]),
        ("state=ZZ&team=none&role=king", ["Fay", "Mia", "Obi", "Theo", "Tia"]),
    ],
)
def test_people_finds(browse, mia, tia, query, expected):
    tia.user.can_help_with = "Wood shops"
    tia.user.looking_for_help_with = "Résumés"
    tia.user.save()

    assert names(browse(mia).get(f"{PEOPLE}?{query}")) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_people_costs_the_same_for_any_number(browse, mia, count, django_assert_num_queries):
    for _n in range(count):
        organization = OrganizationFactory(cohort=mia.cohort, team=mia.team)
        MembershipFactory(cohort=mia.cohort, team=mia.team, organization=organization)
    client = browse(mia)
    client.get(PEOPLE)

    with django_assert_num_queries(7):
        client.get(PEOPLE)


def test_an_address_is_for_facilitators_and_for_whom_it_is_shown(browse, fay, mia, tia):
    page = mia.get_absolute_url()

    assert "mia@example.org" not in browse(tia).get(page).content.decode()
    assert "mia@example.org" in browse(fay).get(page).content.decode()
    mia.user.shows_email = True
    mia.user.save()
    assert "mia@example.org" in browse(tia).get(page).content.decode()


def test_people_never_tells_addresses(browse, tia):
    pages = [PEOPLE, f"{PEOPLE}?q=mia@example.org", "/c/spring/teams/harbor/"]
    for page in pages:
        assert "mia@example.org" not in browse(tia).get(page).content.decode().replace(
            "q=mia@example.org", ""
        ).replace('value="mia@example.org"', "")


def test_profile_keeps_what_is_said_and_a_small_photo(browse, mia):
    response = browse(mia).post("/me/", {**PROFILE, "photo": upload(), "shows_email": "on"})

    assert response.status_code == 302
    mia.user.refresh_from_db()
    assert (mia.user.title, mia.user.time_zone, mia.user.shows_email) == (
        "Dean",
        "America/Denver",
        True,
    )
    assert Image.open(mia.user.photo).format == "WEBP"


def test_profile_with_a_wrong_zone_is_shown_again_with_what_was_typed(browse, mia):
    response = browse(mia).post("/me/", {**PROFILE, "title": "Kept", "time_zone": "Mars/Base"})

    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()
    mia.user.refresh_from_db()
    assert mia.user.title == ""


def test_a_new_photo_replaces_the_old_file(browse, mia, django_capture_on_commit_callbacks):
    client = browse(mia)
    client.post("/me/", {**PROFILE, "photo": upload()})
    mia.user.refresh_from_db()
    first, storage = mia.user.photo.name, mia.user.photo.storage

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/", {**PROFILE, "photo": upload()})
    mia.user.refresh_from_db()
    assert mia.user.photo.name != first
    assert not storage.exists(first)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("cohort:photo_removal"))
    mia.user.refresh_from_db()
    assert not mia.user.photo


def test_photos_are_for_people_who_share_a_cohort(browse, mia, tia, olga, cast):
    browse(mia).post("/me/", {**PROFILE, "photo": upload()})
    url = reverse("cohort:photo", args=[mia.user_id])

    response = browse(tia).get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "private, max-age=600"
    assert browse(tia).get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304
    for stranger in (olga, cast.outsider, cast.gone):
        assert browse(stranger).get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_team_list_costs_the_same_for_any_number(browse, mia, count, django_assert_num_queries):
    TeamFactory.create_batch(count, cohort=mia.cohort)
    client = browse(mia)
    client.get("/c/spring/teams/")

    with django_assert_num_queries(5):
        client.get("/c/spring/teams/")


@pytest.mark.parametrize("count", [1, 3])
def test_team_page_costs_the_same_for_any_number(
    browse, fay, team, count, django_assert_num_queries
):
    for _n in range(count):
        organization = OrganizationFactory(cohort=fay.cohort, team=team)
        MembershipFactory(cohort=fay.cohort, team=team, organization=organization)
    client = browse(fay)
    client.get(team.get_absolute_url())

    with django_assert_num_queries(9):
        client.get(team.get_absolute_url())


def test_a_lead_says_what_the_team_is_for(browse, theo, team):
    browse(theo).post(f"{team.get_absolute_url()}edit/", {"purpose": "To begin.", "place": "Bay"})

    team.refresh_from_db()
    assert (team.purpose, team.place) == ("To begin.", "Bay")
    assert team.purpose_on is not None


def test_an_organization_comes_to_the_table_once(browse, theo, team):
    url = f"{team.get_absolute_url()}organizations/"
    for name in ("Bay Health", " bay  health "):
        browse(theo).post(url, {"name": name, "sector": "industry"})

    assert list(team.organizations.values_list("name", flat=True)) == [
        "Bay Health",
        "Harbor Schools",
    ]


def test_words_of_people_cannot_run(browse, mia, tia):
    evil = "<img src=x onerror=alert(1)>"
    mia.user.bio = mia.user.name = mia.user.title = mia.user.can_help_with = evil
    mia.user.save()
    mia.team.purpose = evil
    mia.team.save()

    for page in (PEOPLE, mia.get_absolute_url(), mia.team.get_absolute_url(), "/c/spring/teams/"):
        assert "<img src=x" not in browse(tia).get(page).content.decode()


def test_another_cohorts_people_are_not_there(browse, mia, olga):
    stranger = MembershipFactory(cohort=olga.cohort, user=UserFactory(name="Stranger"))

    assert browse(mia).get(f"/c/spring/people/{stranger.pk}/").status_code == 404
    assert browse(mia).get(stranger.get_absolute_url()).status_code == 404
