"""Planning by its form, as it is sent and as it is shown."""

from django.urls import reverse

NEW = "/c/spring/sessions/new/"


def url(name, session):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk])


def shown(page):
    return [
        (row["title"].value(), str(row["minutes"].value()), row["presenters"].value())
        for row in page.context["agenda"].rows
    ]


def heeding(client, address, typed):
    """Send a form, and once more when something had to be seen first."""
    answered = client.post(address, typed)
    if answered.status_code == 422 and answered.context["asks"]:
        seen = answered.context["outlook"].fingerprint
        answered = client.post(address, {**typed, "heeded": seen})
    return answered
