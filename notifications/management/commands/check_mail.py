from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.checks import domain_of
from notifications.dns_records import Finding, look_at
from notifications.models import new_message_id
from notifications.postbox import Postbox
from notifications.verdicts import Accepted

SIGNS = {True: "ok     ", False: "wrong  ", None: "unknown"}


class Command(BaseCommand):
    help = "Ask DNS about the senders' domain, and send a test mail if asked to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--selector", default="", help="the DKIM selector your provider uses")
        parser.add_argument("--to", default="", help="send a test mail to this address")

    def handle(self, *args: Any, **options: Any) -> None:
        domains = sorted({domain_of(address) for address in settings.MAIL_FROM.values()})
        findings = [
            self._tell(domain, finding)
            for domain in domains
            for finding in look_at(domain, options["selector"])
        ]
        wrong = sum(finding.is_well is False for finding in findings)
        if options["to"]:
            self._send(options["to"])
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} records keep mail from arriving.")

    def _tell(self, domain: str, finding: Finding) -> Finding:
        sign = SIGNS[finding.is_well]
        self.stdout.write(f"{sign} {domain} {finding.record}: {finding.words}")
        return finding

    def _send(self, address: str) -> None:
        site = settings.SITE_NAME
        message = EmailMultiAlternatives(
            subject=f"A test mail from {site}",
            body=f"This is a test mail from {settings.BASE_URL}. It arrived.\n",
            from_email=settings.MAIL_FROM["notify"],
            to=[address],
            headers={"Message-ID": new_message_id(), "Auto-Submitted": "auto-generated"},
        )
        with Postbox() as postbox:
            if not postbox.open():
                raise CommandError("The mail server cannot be reached; the log says why.")
            verdict = postbox.hand_over(message)
        if not isinstance(verdict, Accepted):
            raise CommandError(f"The test mail was not taken: {verdict.reason}")
        self.stdout.write(f"ok      sent to {address} {verdict.provider_id}".rstrip())
