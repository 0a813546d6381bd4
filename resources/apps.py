from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Library")

    def ready(self) -> None:
        from cohort import references
        from notifications.registry import register_planner
        from resources import (
            changes,
            edition,
            edition_requests,
            edition_trade,
            infected,
            page_drafts,
            request_news,
            tasks,
            trial_asks,
        )
        from resources.links import telling
        from resources.models import Resource, ResourceRequest

        references.register("resource", r"library/(\d{1,18})/", Resource, keeps_files=True)
        references.register("request", r"library/requests/(\d{1,18})/", ResourceRequest)
        edition.register()
        telling.register()
        edition_trade.register()
        edition_requests.register()
        trial_asks.register()
        infected.register()
        page_drafts.register()
        request_news.register()
        changes.register(self)
        register_planner(tasks.look_for_files)
