"""Requests that no browser sends."""

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
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
