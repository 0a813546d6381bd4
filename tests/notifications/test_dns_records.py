"""What `check_mail` and `check --deploy` say of a domain's records and of settings."""

from io import StringIO
from types import SimpleNamespace

import dns.exception
import dns.resolver
import pytest
from django.core.management import CommandError, call_command

from notifications import checks, dns_records
from notifications.dns_records import look_at

GOOD = {
    ("example.org", "TXT"): ["google-site-verification=x", "v=spf1 include:mail.example -all"],
    ("s1._domainkey.example.org", "TXT"): ["v=DKIM1; k=rsa; p=MIIB"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none"],
    ("example.org", "MX"): ["mx.example.org."],
}


class Dns:
    """Answers as dnspython does, from a table."""

    def __init__(self, records, error=None):
        self.records, self.error = records, error

    def resolve(self, name, kind, *, lifetime):
        if self.error:
            raise self.error
        if (name, kind) not in self.records:
            raise dns.resolver.NXDOMAIN
        found = self.records[name, kind]
        if kind == "MX":
            return [SimpleNamespace(exchange=host) for host in found]
        return [SimpleNamespace(strings=[text.encode()]) for text in found]


def verdicts(records, selector="s1", error=None) -> dict[str, bool | None]:
    found = look_at("example.org", selector, Dns(records, error))
    return {finding.record: finding.is_well for finding in found}


def test_a_domain_with_all_records_is_well():
    assert verdicts(GOOD) == {"SPF": True, "DKIM": True, "DMARC": True, "MX": True}


def test_a_bare_domain_lacks_all():
    assert verdicts({}) == {"SPF": False, "DKIM": False, "DMARC": False, "MX": False}


@pytest.mark.parametrize(
    ("name", "texts", "record"),
    [
        ("example.org", ["v=spf1 +all"], "SPF"),
        ("example.org", ["v=spf1 -all", "v=spf1 ~all"], "SPF"),
        ("s1._domainkey.example.org", ["v=DKIM1; p="], "DKIM"),
        ("_dmarc.example.org", ["DMARC"], "DMARC"),
    ],
)
def test_what_is_wrong_with_a_record_is_found(name, texts, record):
    assert [key for key, well in verdicts({**GOOD, (name, "TXT"): texts}).items() if not well] == [
        record
    ]


def test_a_subdomain_has_its_parents_dmarc():
    records = {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject"]}
    found = {one.record: one.is_well for one in look_at("mail.example.org", "", Dns(records))}
    assert found["DMARC"] is True


def test_without_a_selector_nobody_claims_to_know_of_dkim():
    assert verdicts(GOOD, selector="")["DKIM"] is None


@pytest.mark.parametrize(
    "error", [dns.exception.Timeout(), dns.resolver.NoNameservers(), OSError()]
)
def test_where_dns_is_not_reached_that_is_said(error):
    assert set(verdicts(GOOD, error=error).values()) == {None}


def test_the_command_tells_and_fails_for_what_is_wrong(monkeypatch):
    monkeypatch.setattr(dns_records, "_default", lambda: Dns({}))
    out = StringIO()
    with pytest.raises(CommandError, match="3 of 4 records"):
        call_command("check_mail", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == [
        *("wrong", "unknown", "wrong", "wrong"),
    ]


def test_the_command_sends_a_test_mail(monkeypatch, sink, db):
    monkeypatch.setattr(dns_records, "_default", lambda: Dns(GOOD))
    sink.data_answer = "250 2.0.0 Ok: queued as 4F1BC2"
    out = StringIO()
    call_command("check_mail", "--selector", "s1", "--to", "you@example.org", stdout=out)
    assert out.getvalue().splitlines()[-1] == "ok      sent to you@example.org 4F1BC2"
    assert sink.addresses == ["you@example.org"]


def test_the_command_says_in_the_servers_words_why_not(monkeypatch, sink, db):
    monkeypatch.setattr(dns_records, "_default", lambda: Dns(GOOD))
    sink.rcpt["you@example.org"] = "550 5.1.1 No such user"
    with pytest.raises(CommandError, match=r"550 5\.1\.1 No such user"):
        call_command("check_mail", "--to", "you@example.org", stdout=StringIO())


def warnings() -> set[str]:
    return {message.id for message in checks.check_mail(None)}


@pytest.fixture
def site(settings):
    """Settings of a site that is set up well."""
    settings.MAIL_DOMAIN = "cohort.org"
    settings.DEFAULT_FROM_EMAIL = "notify@cohort.org"
    settings.MAIL_FROM = {"notify": "notify@cohort.org", "digest": "digest@cohort.org"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD = "mail.cohort.org", "secret"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    settings.MAIL_PROVIDER, settings.ANYMAIL = "", {}
    settings.EMAIL_TIMEOUT, settings.OUTBOX_LEASE_SECONDS = 20, 300
    return settings


def test_a_site_set_up_well_has_no_warning(site):
    assert warnings() == set()


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"MAIL_FROM": {"notify": "notify@localhost"}}, 1),
        ({"MAIL_FROM": {"notify": "cohort@gmail.com"}}, 2),
        ({"DEFAULT_FROM_EMAIL": "notify@elsewhere.org"}, 3),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, 4),
        ({"EMAIL_USE_TLS": False}, 5),
        ({"MAIL_PROVIDER": "postmark"}, 6),
        ({"MAIL_PROVIDER": "postmark", "ANYMAIL": {"WEBHOOK_SECRET": "short"}}, 7),
        ({"EMAIL_TIMEOUT": None}, 8),
        ({"OUTBOX_LEASE_SECONDS": 60}, 9),
    ],
)
def test_what_would_keep_mail_from_arriving_is_warned_of(site, changes, number):
    for name, value in changes.items():
        setattr(site, name, value)
    assert warnings() == {f"notifications.W{number:03}"}
