from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """It cannot be done, and `reason` says why in words."""

    reason = _("That cannot be done.")
