from django.apps import AppConfig

ONCE = "faults.once"  # as reminders and editions: never twice
REPEAT = "faults.repeat"  # as calendar invitations: never lost


class FaultsConfig(AppConfig):
    name = "benchmarks.faults"
    label = "faults"

    def ready(self) -> None:
        from benchmarks.faults import kinds

        kinds.register()
