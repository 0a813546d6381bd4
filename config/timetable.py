"""What beat starts, and when."""

from celery.schedules import crontab

ENTRIES = {
    "look-for-what-is-due": {
        "task": "notifications.tasks.beat",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "check-files-at-night": {
        "task": "cohort.tasks.check_files",
        "schedule": crontab(hour=8, minute=20),  # UTC: night in all of America
    },
    "scan-what-came-unscanned": {
        "task": "cohort.tasks.scan_files",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "check-links": {
        "task": "resources.tasks.check_links",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 300},
    },
    "clear-the-log-at-night": {
        "task": "notifications.tasks.clear_old",
        "schedule": crontab(hour=8, minute=30),
    },
    "clear-inbound-mail-at-night": {
        "task": "notifications.inbound.tasks.clear_away",
        "schedule": crontab(hour=8, minute=40),
    },
}
