"""Who may do what: every route and method, tried by everybody.

A route that is in no row fails the first test; `tests/access/` holds the rows, an app a module.
"""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import ROWS, UNTABLED
from tests.access.table import ACTORS, SIGN_IN, Row


def routes(resolver: URLResolver, prefix: str = "", path: str = "") -> set[str]:
    """Every route by its name, or by its path where it has none."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        here = f"{path}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found |= routes(entry, inner, here)
        elif isinstance(entry, URLPattern):
            found.add(f"{prefix}{entry.name}" if entry.name else here)
    return found


def test_every_route_says_who_may_open_it():
    named = {row.route for row in ROWS}
    listed = {
        route
        for route in routes(get_resolver())
        if not any(route.startswith(prefix) for prefix in UNTABLED)
    }
    assert listed - named == set()
    assert named - listed == set()


def test_every_row_speaks_of_everybody():
    assert [str(row) for row in ROWS if set(row.expect) != set(ACTORS)] == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_route_opens_for_the_right_people(row: Row, cast, subtests):
    for actor in ACTORS:
        with subtests.test(actor):
            arguments = row.args(cast)
            client = Client(raise_request_exception=True)
            if user := cast.user(actor):
                client.force_login(user)
            response = client.generic(
                row.method,
                reverse(row.route, kwargs=arguments),
                **encoded(row.method, row.data(cast)),
            )
            assert answer(response) == row.expect[actor]


def encoded(method: str, data: dict) -> dict:
    if method == "GET":
        return {}
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return {"data": encode_multipart(BOUNDARY, data), "content_type": MULTIPART_CONTENT}


def answer(response) -> int | str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return SIGN_IN
    return response.status_code
