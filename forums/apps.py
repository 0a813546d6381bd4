from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = _("Discussions")

    def ready(self) -> None:
        from cohort import events, references
        from forums import (
            answers,
            answers_held,
            discussion_mail,
            edition,
            infected,
            moderation_mail,
            ringing,
            services,
        )
        from forums.models import Thread
        from notifications.registry import register_planner

        edition.register()
        register_planner(services.sweep_unsent)
        moderation_mail.register()
        discussion_mail.register()
        register_planner(ringing.ring)
        answers.register()
        answers_held.register()
        infected.register()
        references.register("thread", r"discussions/(\d{1,18})/", Thread)
        events.on_cohort_created.append(services.open_spaces)
        events.on_team_created.append(services.ensure_team_space)
