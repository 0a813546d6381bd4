import re

import pytest


def optional_fields(html):
    """The fields whose labels are followed by “(optional)”."""
    labels = re.findall(r'<label for="id_(\w+?)"[^>]*>(.*?)</label>', html, re.DOTALL)
    return [name for name, words in labels if "(optional)" in words]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/c/spring/invitations/", ["name", "organization"]),
        ("/c/spring/console/roster/imports/", []),
        (
            "/c/spring/library/new/",
            ["description", "used_for", "made_by", "language", "alt", "captions", "tags"],
        ),
    ],
)
def test_only_what_may_always_be_left_out_is_called_optional(browse, fay, path, expected):

    assert optional_fields(browse(fay).get(path).content.decode()) == expected
