from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortConfig(AppConfig):
    name = "cohort"
    verbose_name = _("People and the year")

    def ready(self) -> None:
        # Models can be imported only now.
        from cohort import signals

        signals.connect()
