"""Requests that no browser sends."""

import re

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from cohort.charset import ReadAsUtf8
from cohort.sockets import find_visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "said",
    [
        "; charset=rot13",
        ";charset=unicode_escape",
        '; Charset="zlib"',
        "; charset*=utf-8''idna",
        "",
    ],
)
def test_a_request_is_read_as_utf_8_whatever_it_says(said):
    def answer(environ, _start_response):
        return [WSGIRequest(environ).GET["q"].encode()]

    environ = RequestFactory()._base_environ(
        CONTENT_TYPE=f"text/plain{said}", QUERY_STRING="q=%5Cud800+caf%C3%A9"
    )
    assert ReadAsUtf8(answer)(environ, None) == ["\\ud800 café".encode()]


@pytest.mark.parametrize("cookie", ['"aaaaaaaaaa\\000"', '"aaaaaaaaaa\\303"', "x", "é" * 32])
def test_a_session_cookie_that_no_database_could_hold_is_nobody(client, mia, cookie):
    response = client.get(reverse("cohort:profile_edit"), headers={"cookie": f"sessionid={cookie}"})
    assert response.status_code == 302
    assert find_visitor("aaaaaaaaaa\0") is None


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=", "x" * 500]
)
def test_a_malformed_body_to_nowhere_is_not_found(client, db, content_type):
    client.raise_request_exception = False

    response = client.generic("POST", "/nowhere/", b"--x", content_type=content_type)

    assert response.status_code == 404


SECURITY = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/accounts/login/", {"host": "elsewhere.example.com"}, 400),
        ("/accounts/login/", {"host": "a_b\\c"}, 400),
        ("/nowhere/", {}, 404),
        ("/admin", {}, 301),
    ],
)
def test_refusals_carry_the_security_headers_of_every_page(settings, path, headers, status):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    page = Client().get("/accounts/login/", secure=True)

    refusal = Client().get(path, secure=True, headers=headers)

    assert (page.status_code, refusal.status_code) == (200, status)
    assert security_of(refusal) == security_of(page)
    assert "" not in security_of(page).values()


def security_of(response):
    """Each security header but for the nonce, which differs from page to page."""
    headers = {name: response.headers.get(name, "") for name in SECURITY}
    return {name: re.sub(r" 'nonce-[^']+'", "", value) for name, value in headers.items()}
