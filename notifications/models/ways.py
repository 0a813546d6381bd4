from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """How word of something reaches a person."""

    BELL = "bell", _("In Cohort")
    MAIL = "mail", _("By mail")
    PUSH = "push", _("On my devices")
