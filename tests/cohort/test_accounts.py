"""Signing in, as a person and as somebody who should not."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cohort.accounts import MFAAdapter
from cohort.models import User
from cohort.services.people import set_active

PASSWORD = "correct horse battery"


@pytest.fixture
def mia_account(mia):
    """Mia, who also has a password."""
    mia.user.set_password(PASSWORD)
    mia.user.save()
    EmailAddress.objects.create(user=mia.user, email=mia.user.email, verified=True, primary=True)
    return mia.user


def ask_code(client, address):
    return client.post(reverse("account_request_login_code"), {"email": address})


def code_in(message):
    return re.search(r"\b\d{6}\b", message.body)[0]


def test_signing_in_with_a_mailed_code(client, mia_account, account_mails):
    ask_code(client, "MIA@Example.org")

    (mail,) = account_mails()
    assert mail.to == ["mia@example.org"]
    assert mail.from_email.endswith("<account@example.org>")
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.extra_headers["X-Auto-Response-Suppress"] == "OOF, AutoReply, RN, NRN"
    assert "List-Unsubscribe" not in mail.extra_headers
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail)})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(mia_account.pk)


def test_a_wrong_code_does_not_sign_in_and_three_end_it(client, mia_account, account_mails):
    ask_code(client, mia_account.email)
    right = code_in(account_mails()[0])
    wrong = "000000" if right != "000000" else "111111"

    for _n in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": wrong})
    client.post(reverse("account_confirm_login_code"), {"code": right})

    assert "_auth_user_id" not in client.session


def test_a_code_works_in_the_browser_that_asked_only(client, mia_account, account_mails):
    ask_code(client, mia_account.email)

    other = Client()
    other.post(reverse("account_confirm_login_code"), {"code": code_in(account_mails()[0])})

    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize("route", ["account_request_login_code", "account_reset_password"])
def test_known_and_unknown_addresses_get_the_same_answer(route, mia_account, account_mails):
    answers = []
    for address in ("mia@example.org", "nobody@example.org"):
        cache.clear()
        client = Client()
        response = client.post(reverse(route), {"email": address})
        after = client.get(response["Location"])
        text = re.sub(r'value="[^"]{64}"|nonce="[^"]*"', "", after.content.decode())
        answers.append(
            (response.status_code, response["Location"], text.replace(address, "ADDRESS"))
        )

    assert answers[0] == answers[1]
    assert [mail.to for mail in account_mails()] == [["mia@example.org"]]


def test_wrong_password_and_unknown_address_get_the_same_answer(mia_account):
    answers = set()
    for address in ("mia@example.org", "nobody@example.org"):
        response = Client().post(reverse("account_login"), {"login": address, "password": "wrong"})
        errors = str(response.context["form"].errors.get_json_data())
        answers.add((response.status_code, errors))

    assert len(answers) == 1


def test_there_is_no_open_door(client, db):
    response = client.post(
        reverse("account_signup"), {"email": "me@example.org", "password1": PASSWORD}
    )

    assert not User.objects.exists()
    assert "invitation" in response.content.decode().lower()


@pytest.mark.parametrize(
    ("sent_from", "leads_to"),
    [
        ("http://testserver/c/spring/discussions/1/?post=3", "/c/spring/discussions/1/%3Fpost%3D3"),
        ("https://elsewhere.example/c/spring/", "/"),
        ("http://[", "/"),
        (None, "/"),
    ],
)
def test_who_is_signed_out_while_writing_comes_back_to_the_page(client, db, sent_from, leads_to):
    headers = {"referer": sent_from} if sent_from else {}

    answer = client.post("/c/spring/discussions/1/posts/", {"body": "x"}, headers=headers)

    assert answer["Location"] == f"/accounts/login/?next={leads_to}"


def test_guessing_passwords_is_limited_also_with_forged_addresses(mia_account):
    for n in range(12):
        Client().post(
            reverse("account_login"),
            {"login": "mia@example.org", "password": f"guess {n}"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        )

    client = Client()
    response = client.post(
        reverse("account_login"),
        {"login": "mia@example.org", "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.200"},
    )

    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 429)


def test_a_deactivated_person_is_out_with_the_next_request(browse, mia, mia_account, cast):
    client = browse(mia)
    assert client.get("/c/spring/people/").status_code == 200

    set_active(user=mia_account, active=False, by=cast.staff)

    assert client.get("/c/spring/people/").status_code == 302
    again = Client()
    again.post(reverse("account_login"), {"login": mia_account.email, "password": PASSWORD})
    assert "_auth_user_id" not in again.session


def test_a_deactivated_person_gets_no_code(client, mia_account, account_mails):
    User.objects.update(is_active=False)

    ask_code(client, mia_account.email)

    assert account_mails() == []


def test_a_new_password_ends_other_sessions(browse, mia, mia_account):
    elsewhere = browse(mia_account)
    mia_account.refresh_from_db()
    mia_account.set_password("another long password")
    mia_account.save()

    assert elsewhere.get("/c/spring/people/").status_code == 302


def test_the_admin_signs_in_through_the_same_door(client, browse, cast):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")
    assert browse(cast.staff).get("/admin/cohort/user/").status_code == 200
    assert browse(cast.fay).get("/admin/login/").status_code == 403


@pytest.mark.parametrize("model", [
    "user", "cohort", "membership", "invitation", "team", "organization", "theme", "tag",
    "auditentry",
])  # fmt: skip
def test_the_admin_lists_everything(browse, cast, model):
    assert browse(cast.staff).get(f"/admin/cohort/{model}/").status_code == 200


def test_staff_deactivate_in_the_admin_and_it_is_kept(browse, cast, mia):
    fields = {"name": "Mia", "time_zone": "America/New_York"}
    browse(cast.staff).post(f"/admin/cohort/user/{mia.user_id}/change/", fields)

    mia.user.refresh_from_db()
    assert not mia.user.is_active
    from cohort.models import AuditEntry

    assert AuditEntry.objects.get().action == "account.deactivated"


def test_links_in_account_mail_do_not_follow_the_host_header(client, mia_account, account_mails):
    client.post(
        reverse("account_request_login_code"),
        {"email": mia_account.email},
        headers={"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example.org"},
    )

    (mail,) = account_mails()
    assert "evil" not in str(mail.message())


SENSITIVE = [
    "account_email",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
]


@pytest.mark.parametrize("route", SENSITIVE)
def test_changing_how_one_signs_in_asks_who_is_there(browse, tia, route):
    """Tia has no password and no second step: she confirms with a code."""
    tia.user.set_unusable_password()
    tia.user.save()

    response = browse(tia).get(reverse(route))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("cohort:confirmation"))


@pytest.mark.parametrize("route", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_whoever_signed_in_a_moment_ago_is_not_asked_again(client, mia_account, route):
    with time_machine.travel("2026-10-01 12:00", tick=False) as clock:
        client.post(reverse("account_login"), {"login": mia_account.email, "password": PASSWORD})
        clock.shift(timedelta(minutes=14))
        assert client.get(reverse(route)).status_code == 200

        clock.shift(timedelta(minutes=2))
        response = client.get(reverse(route))

        assert response["Location"].startswith(reverse("account_reauthenticate"))
        client.post(response["Location"], {"password": PASSWORD})
        assert client.get(reverse(route)).status_code == 200


def test_a_session_that_another_person_began_counts_for_nothing(client, mia_account, tia):
    client.post(reverse("account_login"), {"login": mia_account.email, "password": PASSWORD})
    session = client.session
    session["account_authentication_methods_user"] = str(tia.user_id)
    session.save()

    assert client.get(reverse("mfa_activate_totp")).status_code == 302


def test_confirming_with_a_code_opens_what_was_asked_for(browse, tia, account_mails):
    tia.user.set_unusable_password()
    tia.user.save()
    client = browse(tia)
    back = reverse("account_email")

    client.post(reverse("cohort:confirmation_code"), {"next": back})
    (mail,) = account_mails()
    page = reverse("cohort:confirmation")
    assert client.post(page, {"code": "000000x", "next": back}).status_code == 422
    response = client.post(page, {"code": code_in(mail), "next": back})

    assert response["Location"] == back
    assert client.get(back).status_code == 200


def test_a_confirmation_code_dies_after_five_tries(browse, tia, account_mails):
    client = browse(tia)
    client.post(reverse("cohort:confirmation_code"))
    code = code_in(account_mails()[0])
    for _n in range(5):
        client.post(reverse("cohort:confirmation"), {"code": "nonsense"})

    assert client.post(reverse("cohort:confirmation"), {"code": code}).status_code == 422


def test_a_confirmation_code_is_kept_as_a_hash(browse, tia, account_mails):
    client = browse(tia)
    client.post(reverse("cohort:confirmation_code"))

    assert code_in(account_mails()[0]) not in str(dict(client.session))


def test_a_second_step_is_asked_for(client, mia_account):
    Authenticator.objects.create(
        user=mia_account, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )

    client.post(reverse("account_login"), {"login": mia_account.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session
    assert client.get(reverse("mfa_authenticate")).status_code == 200


def test_signing_in_leads_nowhere_else(client, mia_account):
    response = client.post(
        reverse("account_login"),
        {"login": mia_account.email, "password": PASSWORD, "next": "https://evil.example.org/"},
    )

    assert response.status_code == 302
    assert "evil" not in response["Location"]


def test_an_address_in_another_script_finds_its_account(client, cast, account_mails):
    User.objects.create(email="zoe@exämple.org", name="Zoe", password=make_password(None))

    ask_code(client, "Zoe@EXÄMPLE.org")

    assert [mail.to for mail in account_mails()] == [["zoe@xn--exmple-cua.org"]]


def test_a_mail_server_that_is_away_does_not_break_the_page(client, mia_account, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    began = time.monotonic()

    assert ask_code(client, mia_account.email).status_code == 302
    assert time.monotonic() - began < 5


CHROME = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537"}


def test_a_new_passkey_is_called_after_the_device(client, mia_account):
    client.post(reverse("account_login"), {"login": mia_account.email, "password": PASSWORD})

    page = client.get(reverse("mfa_add_webauthn"), headers=CHROME)

    assert page.context["form"]["name"].value() == "Chrome on Linux"


def test_each_passkey_has_a_name_of_its_own(rf, mia):
    names = []
    with request_context(rf.get("/", headers=CHROME)):
        for _n in range(3):
            names.append(MFAAdapter().generate_authenticator_name(mia.user, "webauthn"))
            Authenticator.objects.create(
                user=mia.user, type="webauthn", data={"name": names[-1], "credential": {}}
            )

    assert names == ["Chrome on Linux", "Chrome on Linux (2)", "Chrome on Linux (3)"]
