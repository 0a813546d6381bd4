import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates


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


def read(html):
    """Its elements and words, whatever stands between them."""
    return re.findall(r"<[^>]+>|[^<>\s]+", html.replace('selected=""', "selected"))


@pytest.mark.parametrize("chosen", ["", "b&b", 3, "<i>"])
def test_a_select_is_the_one_that_django_makes(chosen):
    choices = [
        ("", "Nothing"), ("b&b", 'Bed & "breakfast"'), ("Elsewhere", [(3, "Three"), ("<i>", "<i>")])
    ]  # fmt: skip
    field = forms.Select(choices=choices, attrs={"id": "id_zone", "required": True})
    ours = field.render("zone", chosen)
    assert "<option selected" not in ours
    assert read(ours) == read(field.render("zone", chosen, renderer=DjangoTemplates()))
