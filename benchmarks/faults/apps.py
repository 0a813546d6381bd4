from django.apps import AppConfig

ONCE = "faults.once"  # as reminders: never twice
GROUP = "faults.group"  # as editions: twice only where a worker died
REPEAT = "faults.repeat"  # as calendar invitations: never lost


class FaultsConfig(AppConfig):
    name = "benchmarks.faults"
    label = "faults"

    def ready(self) -> None:
        from benchmarks.faults import kinds

        kinds.register()
