"""PostgreSQL, Redis, and the worker, the beat and the sockets that live by them."""

from celery.schedules import crontab

from config.settings.site import env

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    {
        "CONN_MAX_AGE": 0,
        # After a restart of PostgreSQL a stale connection costs a check, not a failed page.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **DATABASES["default"].get("OPTIONS", {}),
            "pool": {
                "min_size": 1,
                "max_size": env.int("DATABASE_POOL", default=12),
                "timeout": 10,
            },
        },
    }
)

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", default=REDIS_URL),
        "KEY_PREFIX": "cohort",
    }
}

# ---------------------------------------------------------------- worker and beat

CELERY_BROKER_URL = env.str("BROKER_URL", default=REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    # A page must not hang while Redis is away: the beat finds what was not announced.
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
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

# ---------------------------------------------------------------- sockets

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Redis's pub/sub knows no database numbers: whoever shares a Redis needs a prefix.
        "CONFIG": {
            "hosts": [REDIS_URL],
            "prefix": env.str("CHANNELS_PREFIX", default=f"cohort.{DATABASES['default']['NAME']}"),
        },
    }
}
