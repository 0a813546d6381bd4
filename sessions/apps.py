from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # Django's own session app owns the label `sessions`.
    label = "learning_sessions"
    verbose_name = _("Learning sessions")

    def ready(self) -> None:
        from cohort import events, references
        from notifications.registry import register_planner
        from sessions import (
            after_mail,
            asking_mail,
            calendar_answers,
            calendar_mail,
            edition,
            reminders,
        )
        from sessions.models import LearningSession
        from sessions.services import clock_rules, meeting_lists

        references.register("session", r"sessions/(\d{1,18})/(?:live/)?", LearningSession)
        reminders.register()
        calendar_mail.register()
        calendar_answers.register()
        events.on_cohort_created.append(reminders.open_rules)
        after_mail.register()
        asking_mail.register()
        edition.register()
        register_planner(meeting_lists.sweep)
        register_planner(clock_rules.plan)
