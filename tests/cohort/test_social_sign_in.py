"""Signing in with Google and Microsoft, against a server that plays both of them over real HTTP."""

import base64
import hashlib
import html
import json
import re
import secrets
import threading
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.conf import settings as configured
from django.urls import reverse

from cohort.models import User

pytestmark = pytest.mark.django_db
APP = {"client_id": "our-id", "secret": "our-secret"}
PROVIDERS = ["google", "microsoft"]


class PlayedProvider(BaseHTTPRequestHandler):
    """Asks nobody, lets everybody in, and tells who `server.person` is; strict about our part."""

    def do_GET(self):
        place = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        if place.path.endswith("/authorize"):
            self._authorize(query)
        elif place.path == "/v1.0/me" and self.headers["Authorization"] == "Bearer the-token":
            self._answer(200, self.server.person)
        else:
            self._answer(404, {"error": {"message": "nothing here"}})

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        sent = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        asked = self.server.codes.pop(sent.get("code"), None)
        is_ours = sent.get("client_id"), sent.get("client_secret")
        if asked is None or is_ours != ("our-id", "our-secret"):
            self._answer(400, {"error": "invalid_grant"})
        elif sent["redirect_uri"] != asked["redirect_uri"] or challenge(sent) != asked.get(
            "code_challenge"
        ):
            self._answer(400, {"error": "invalid_request"})
        else:
            self._answer(200, self._tokens())

    def _authorize(self, query):
        code = secrets.token_hex(8)
        self.server.codes[code] = query
        answer = {"code": code, "state": query["state"]}
        if self.server.declines:
            answer = {"error": "access_denied", "state": query["state"]}
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _tokens(self):
        tokens = {"access_token": "the-token", "token_type": "Bearer", "expires_in": 3600}
        if "sub" in self.server.person:
            claims = {"iss": "https://accounts.google.com", "aud": "our-id"} | self.server.person
            tokens["id_token"] = jwt.encode(claims, "k" * 32, algorithm="HS256")
        return tokens

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args):
        pass


def challenge(sent):
    digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def played(settings, monkeypatch):
    """The server; both providers are pointed to it, with our keys in place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), PlayedProvider)
    server.codes, server.person, server.declines = {}, {}, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    providers = deepcopy(configured.SOCIALACCOUNT_PROVIDERS)
    providers["google"]["APPS"] = [APP]
    providers["microsoft"]["APPS"] = [{**APP, "settings": {"login_url": url, "graph_url": url}}]
    settings.SOCIALACCOUNT_PROVIDERS = providers
    monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{url}/authorize")
    monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{url}/token")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def comes_back(played, client):
    """Walks out to the provider as `person` and back again, as a browser does."""

    def walk(provider, person, process="login", next_url=""):
        played.person = person
        query = urlencode({"process": process, "next": next_url})
        leaving = client.post(f"{reverse(f'{provider}_login')}?{query}")
        assert leaving.status_code == 200
        away = html.unescape(re.search(r"URL='([^']+)'", leaving.content.decode())[1])
        answer = requests.get(away, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        assert (back.netloc, back.path) == ("testserver", reverse(f"{provider}_callback"))
        return client.get(f"{back.path}?{back.query}")

    return walk


@pytest.fixture
def mia_account(mia):
    EmailAddress.objects.create(user=mia.user, email=mia.user.email, verified=True, primary=True)
    return mia.user


def described(provider, address, *, verified=True):
    """A person as the provider describes them."""
    if provider == "google":
        return {"sub": "42", "email": address, "email_verified": verified, "name": "Mia"}
    # A guest's sign-in name is made up by the host.
    name = address if verified else f"{address.replace('@', '_')}#EXT#@host.example.com"
    return {"id": "42", "mail": address, "userPrincipalName": name, "displayName": "Mia"}


def signed_in(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_known_verified_address_signs_in_and_the_account_is_remembered(
    client, comes_back, mia_account, provider
):
    response = comes_back(provider, described(provider, "Mia@Example.org"), next_url="/me/")

    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert signed_in(client) == str(mia_account.pk)
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (mia_account, provider, "42")

    # The next time the provider's own name for the person is enough, whatever their address is.
    client.logout()
    comes_back(provider, described(provider, "married@example.org"))
    assert signed_in(client) == str(mia_account.pk)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unknown_address_gets_no_account_and_words(client, comes_back, mia_account, provider):
    people = User.objects.count()

    response = comes_back(provider, described(provider, "stranger@example.org"))

    page = response.content.decode()
    assert response.status_code == 403
    assert "nobody is known here by that address" in page
    assert "stranger@example.org" in page
    assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)
    assert signed_in(client) is None


@pytest.mark.parametrize("address", ["mia@example.org", "stranger@example.org"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unverified_address_is_refused_whether_it_is_known_or_not(
    client, comes_back, mia_account, provider, address
):
    response = comes_back(provider, described(provider, address, verified=False))

    assert response.status_code == 403
    assert "cannot vouch that this address is yours" in response.content.decode()
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_address_that_was_never_verified_here_opens_nothing(client, comes_back, mia, provider):
    EmailAddress.objects.create(user=mia.user, email=mia.user.email, verified=False, primary=True)

    response = comes_back(provider, described(provider, mia.user.email))

    assert response.status_code == 403
    assert signed_in(client) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_was_deactivated_stays_out(client, comes_back, mia_account, provider):
    mia_account.is_active = False
    mia_account.save()

    comes_back(provider, described(provider, mia_account.email))

    assert signed_in(client) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_second_step_is_asked_for_here_too(client, comes_back, mia_account, provider):
    Authenticator.objects.create(
        user=mia_account, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )

    response = comes_back(provider, described(provider, mia_account.email))

    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert signed_in(client) is None


@pytest.mark.parametrize(
    ("person", "is_mia"),
    [
        # Known by the address that people write to; the sign-in name is another one there.
        ({"mail": "mia@example.org", "userPrincipalName": "mo1234@example.org"}, True),
        ({"mail": None, "userPrincipalName": "mia@example.org"}, True),
        # What an administrator of another organization wrote into the address proves nothing.
        ({"mail": "mia@example.org", "userPrincipalName": "mia@evil.example.com"}, False),
        ({"mail": "mia@example.org", "userPrincipalName": "mia@sub.example.org"}, False),
        ({"mail": "mia@example.org", "userPrincipalName": None}, False),
        (
            {
                "mail": "mia@example.org",
                "userPrincipalName": "mia_example.org#EXT#@host.onmicrosoft.example",
            },
            False,
        ),
        ({"mail": None, "userPrincipalName": None}, False),
    ],
)
def test_microsoft_is_believed_about_names_in_domains_that_were_proven(
    client, comes_back, mia_account, person, is_mia
):
    response = comes_back("microsoft", {"id": "42", **person})

    assert (signed_in(client) == str(mia_account.pk)) is is_mia
    assert response.status_code == (302 if is_mia else 403)


def test_a_token_for_another_site_is_refused(client, comes_back, mia_account):
    person = described("google", mia_account.email) | {"aud": "another-site"}

    response = comes_back("google", person)

    assert "did not let you in" in response.content.decode()
    assert signed_in(client) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_stops_at_the_provider_is_told_so(client, played, comes_back, mia_account, provider):
    played.declines = True

    response = comes_back(provider, described(provider, mia_account.email), next_url="/me/")

    assert signed_in(client) is None
    assert "You stopped signing in" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_nobody_asked_for_signs_nobody_in(client, played, mia_account, provider):
    """Somebody else's code, slipped to Mia's browser."""
    played.person = described(provider, mia_account.email)
    played.codes["stolen"] = {}

    callback = reverse(f"{provider}_callback")
    response = client.get(callback, {"code": "stolen", "state": "made-up"})

    assert "did not let you in" in response.content.decode()
    assert signed_in(client) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_link_alone_does_not_begin_it(client, played, provider):
    response = client.get(f"{reverse(f'{provider}_login')}?process=login")

    assert response.status_code == 200
    assert "URL=" not in response.content.decode()


def test_the_sign_in_page_offers_what_has_keys(client, played, settings):
    page = reverse("account_login")
    assert "Continue with Google" in client.get(page).content.decode()

    settings.SOCIALACCOUNT_PROVIDERS = {
        name: {**provider, "APPS": []}
        for name, provider in settings.SOCIALACCOUNT_PROVIDERS.items()
    }
    assert "Continue with" not in client.get(page).content.decode()
