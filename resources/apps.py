from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Library")

    def ready(self) -> None:
        from cohort import references
        from notifications.registry import register_planner
        from resources import edition, edition_trade, tasks, trial_asks
        from resources.links import telling
        from resources.models import Resource

        references.register("resource", r"library/(\d{1,18})/", Resource)
        edition.register()
        telling.register()
        edition_trade.register()
        trial_asks.register()
        register_planner(tasks.look_for_files)
