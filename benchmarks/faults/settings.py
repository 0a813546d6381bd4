"""The product's settings with a faster clock, and the harness's kinds of mail."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.faults.apps.FaultsConfig"]

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.int("FAULTS_SMTP_PORT", default=25)
EMAIL_USE_TLS = EMAIL_USE_SSL = False
EMAIL_TIMEOUT = 2
# As in production, longer than PostgreSQL takes to come back.
OUTBOX_LEASE_SECONDS = 20
CELERY_BEAT_SCHEDULE = {"beat": {"task": "notifications.tasks.beat", "schedule": 1.0}}
