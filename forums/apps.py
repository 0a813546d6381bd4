from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = _("Discussions")

    def ready(self) -> None:
        from cohort import events
        from forums import edition, services

        edition.register()
        events.on_cohort_created.append(services.open_spaces)
        events.on_team_created.append(services.ensure_team_space)
