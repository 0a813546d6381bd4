from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.loader.people import password, sign_ins

_LABELS = {
    "facilitator": "Facilitator",
    "team_lead": "Team lead",
    "member": "Member",
    "observer": "Observer",
    "site_admin": "Site admin",
}


class Command(BaseCommand):
    help = "Say who may sign in to the demo, one for each role, and with which password."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("There are no demo sign-ins outside of demo mode (DEMO=1).")
        everybody = sign_ins()
        width = max(len(each.email) for each in everybody)
        for each in everybody:
            self.stdout.write(f"{_LABELS[each.role]:<12} {each.email:<{width}}  {password()}")
