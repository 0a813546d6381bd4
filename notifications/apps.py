from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from cohort import events
        from notifications import bell, checks, edition, invitations, places, registry, tracking

        edition.register()
        invitations.register()
        places.register()
        tracking.listen()
        checks.register_all()
        registry.register_planner(bell.sweep)
        events.on_access_changed.append(bell.access_changed)
        events.on_place_changed.append(places.place_changed)
