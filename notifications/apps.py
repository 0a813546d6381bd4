from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from cohort import events
        from notifications import (
            bell,
            checks,
            edition,
            invitations,
            places,
            registry,
            reply_addresses,
            tracking,
            withdrawn_files,
        )
        from notifications.inbound import notices, tasks, webhook

        edition.register()
        invitations.register()
        places.register()
        tracking.listen()
        withdrawn_files.register()
        checks.register_all()
        notices.register()
        webhook.register()
        registry.register_planner(bell.sweep)
        registry.register_planner(tasks.plan)
        events.on_access_changed.append(bell.access_changed)
        events.on_access_changed.append(reply_addresses.access_changed)
        events.on_place_changed.append(places.place_changed)
