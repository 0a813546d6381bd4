"""Every kind of mail can be looked at with invented words."""

import re
from html import unescape

import pytest
from django.conf import settings

from facilitation.views.mails import _samples
from notifications import registry
from notifications.samples import all_samples
from notifications.unsubscribe import by_token


def test_every_kind_of_mail_has_a_sample():
    assert [name for name, kind in registry.kinds.items() if kind.sample is None] == []


@pytest.mark.django_db
def test_no_sample_reads_anything(django_assert_num_queries):
    all_samples()  # what is cached for good is read once
    with django_assert_num_queries(0):
        assert len(all_samples()) == len(registry.kinds)


@pytest.mark.django_db
def test_text_and_html_of_every_mail_carry_the_same_links(subtests):
    for sample in _samples():
        with subtests.test(sample.slug):
            mail = sample.mail
            # Whoever is named is named in the text as well, without the way to their page.
            html = re.sub(r'<a [^>]*class="mention[^>]*>', "", mail.html)
            in_html = {unescape(one) for one in re.findall(r'href="(https?:[^"]+)"', html)}
            in_text = set(re.findall(r"https?://[^\s<>()\[\]]+", mail.text))
            assert in_html - {settings.BASE_URL} == in_text - {settings.BASE_URL}
            assert len(mail.html.encode()) < 90_000
            assert "<img" not in mail.html


@pytest.mark.django_db
def test_the_unsubscribe_links_of_samples_are_nobodys(cast):
    tokens = {
        token
        for sample in all_samples()
        for token in re.findall(r"/u/([^/\s]+)/", sample.mail.text)
    }
    assert tokens
    assert {by_token(token) for token in tokens} == {None}
