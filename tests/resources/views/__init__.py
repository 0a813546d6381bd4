"""The library's pages, and what is typed into its forms."""

import uuid

from django.urls import reverse


def library(cohort, query="") -> str:
    return reverse("resources:resource_list", args=[cohort.slug]) + query


def new(cohort) -> str:
    return reverse("resources:resource_create", args=[cohort.slug])


def filled(theme_rows, **changes):
    return {
        "title": "Agreement with the hospital",
        "kind": "agreement",
        "themes": [theme_rows["leaders"].pk, theme_rows["drivers"].pk],
        "audience": "cohort",
        "form_key": str(uuid.uuid4()),
        **changes,
    }


def titles(response) -> list[str]:
    return [resource.title for resource in response.context["shelf"].lines]
