"""`manage.py ingest_mail < mail.eml`: for a mail server that pipes mail into a program."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications.inbound import storing, working

# sysexits.h: "try again later", and "no such address".
TEMPORARY, NO_SUCH_ADDRESS = 75, 67


class Command(BaseCommand):
    help = "Take in one mail from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", action="append", default=[], help="of the envelope")
        parser.add_argument("--sender", help="of the envelope")
        parser.add_argument("--now", action="store_true", help="judge it here, without a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mails = storing.take(
                sys.stdin.buffer.read(),
                source="file",
                recipients=options["recipient"],
                sender=options["sender"],
            )
        except Exception as error:  # the mail server keeps it and asks again
            self.stderr.write(f"Not kept: {type(error).__name__}")
            sys.exit(TEMPORARY)
        if not mails:
            self.stderr.write("It is to none of our addresses.")
            sys.exit(NO_SUCH_ADDRESS)
        for mail in mails:
            if options["now"]:
                working.work_off(mail.pk)
                mail.refresh_from_db()
            self.stdout.write(f"{mail.address}: {mail.get_state_display()} {mail.reason}".strip())
