"""Settings, read from the environment, typed, failing loudly. Secrets have no default."""

import os
from importlib.util import find_spec
from pathlib import Path

import environ
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from cohort.storage import bucket
from config import logs, policy, providers, rendering, timetable

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# ---------------------------------------------------------------- what this process is

DEBUG = env.bool("DEBUG", default=False)
# The demo keeps its mail in the browser and prints sign-ins; it listens on this machine only.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Cohort")
_host = BASE_URL.split("://", 1)[1].split(":", 1)[0]
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_host, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
# How many reverse proxies stand in front and may be believed about the client's address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# ---------------------------------------------------------------- applications

INSTALLED_APPS = [
    "cohort",
    "notifications",
    "forums",
    "resources",
    "sessions",
    "home",
    "facilitation",
    "demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.usersessions",
    "anymail",
    "channels",
    "csp",
    "django_htmx",
    # Only its editor's script, as a static file.
    "django_prose_editor",
    "lucide",
    "taggit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Above whatever may refuse a request: refusals carry the same headers as pages.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cohort.middleware.FontsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cohort.reauthentication.ConfirmWithCodeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cohort.middleware.ReaderMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = rendering.templates(BASE_DIR / "templates")

MESSAGE_TAGS = {message_levels.ERROR: "error"}

# ---------------------------------------------------------------- data

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

SESSION_ENGINE = "cohort.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# ---------------------------------------------------------------- people and sign-in

AUTH_USER_MODEL = "cohort.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"

ACCOUNT_ADAPTER = "cohort.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "cohort.forms.LoginForm",
    "request_login_code": "cohort.forms.RequestLoginCodeForm",
    "reset_password": "cohort.forms.ResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60 * 10
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 15
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

MFA_ADAPTER = "cohort.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_ADAPTER = "cohort.accounts.UserSessionsAdapter"

SOCIALACCOUNT_ADAPTER = "cohort.accounts.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = providers.read(env)

# ---------------------------------------------------------------- language, time, pages

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

BUILD_DIR = Path(env.str("BUILD_DIR", default=str(BASE_DIR / ".data" / "build")))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", *([BUILD_DIR] if BUILD_DIR.exists() else [])]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static")))
WHITENOISE_USE_FINDERS = DEBUG
# Pictures and fonts are small already; nobody but a developer's browser asks for source maps,
# and they are the largest files of all.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "woff2", "map")

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / ".data" / "media")))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=25) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "cohort.files.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# ClamAV's daemon: `host:3310` or a socket's path; empty: nothing is scanned. When it is away files
# are refused, or taken as they are.
CLAMAV = env.str("CLAMAV", default="")
CLAMAV_AWAY = env.str("CLAMAV_AWAY", default="refuse")
if CLAMAV_AWAY not in ("refuse", "take"):
    raise ImproperlyConfigured("CLAMAV_AWAY is `refuse` or `take`")
# Whether links of the library are asked once a week if they still lead somewhere.
CHECK_LINKS = env.bool("CHECK_LINKS", default=not DEMO)

_s3_bucket = env.str("S3_BUCKET", default="")
STORAGES = {
    "default": (
        bucket(
            _s3_bucket,
            endpoint=env.str("S3_ENDPOINT_URL", default=None),
            region=env.str("S3_REGION", default=None),
        )
        if _s3_bucket
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# ---------------------------------------------------------------- mail

EMAIL_TIMEOUT = 20
# A provider by its API, as django-anymail names it, where EMAIL_URL says `anymail://<provider>`.
MAIL_PROVIDER = ""
if DEMO and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "demo.mailbox.EmailBackend"
elif env.str("EMAIL_URL").startswith("anymail://"):
    MAIL_PROVIDER = env.str("EMAIL_URL").removeprefix("anymail://").strip("/")
    if find_spec(f"anymail.backends.{MAIL_PROVIDER}") is None:
        raise ImproperlyConfigured(f"EMAIL_URL: django-anymail knows no {MAIL_PROVIDER!r}")
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
else:
    vars().update(env.email_url("EMAIL_URL"))
# Its keys and secrets, under the names they have in django-anymail's settings.
ANYMAIL = {
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
    # What may have arrived is not sent again: not by Amazon's client either.
    "AMAZON_SES_CLIENT_PARAMS": {
        "config": {
            "connect_timeout": EMAIL_TIMEOUT,
            "read_timeout": EMAIL_TIMEOUT,
            "retries": {"total_max_attempts": 1},
        }
    },
    **{
        name.removeprefix("ANYMAIL_"): value
        for name, value in os.environ.items()
        if name.startswith("ANYMAIL_")
    },
}
# What the provider takes, from all workers together; 0: as much as there is.
MAIL_PER_SECOND = env.float("MAIL_PER_SECOND", default=0.0)
MAIL_PER_DAY = env.int("MAIL_PER_DAY", default=0)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=_host if "." in _host and not DEMO else "example.org")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"notify@{MAIL_DOMAIN}")
MAIL_FROM = {
    "notify": DEFAULT_FROM_EMAIL,
    "digest": f"digest@{MAIL_DOMAIN}",
    "calendar": f"calendar@{MAIL_DOMAIN}",
    "account": f"account@{MAIL_DOMAIN}",
}
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A worker that takes longer over one mail is taken for dead.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=300)
# So long the delivery log tells of a mail; after that it is counted only.
OUTBOX_KEEP_DAYS = env.int("OUTBOX_KEEP_DAYS", default=180)
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default=f"help@{MAIL_DOMAIN}")

# ---------------------------------------------------------------- devices

# `manage.py new_push_key` makes one. Without it nothing is sent to devices; with another one, every
# device must be added anew.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Browsers say where they are posted to: only the public push services are believed.
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    default=[
        "https://fcm.googleapis.com",
        "https://*.push.services.mozilla.com",
        "https://*.push.apple.com",
        "https://*.notify.windows.com",
    ],
)

# ---------------------------------------------------------------- the web, read

# Titles of links are read straight from the public web, whatever proxies the environment names.
# Where nothing gets out but by one: `http://proxy:3128`; it must allow CONNECT to 80 and 443.
PUBLIC_WEB_PROXY = env.str("PUBLIC_WEB_PROXY", default="")

# ---------------------------------------------------------------- mail that comes in

# Members answer to `reply+<token>@` this domain; empty: nothing can be answered by mail.
REPLY_DOMAIN = env.str("REPLY_DOMAIN", default=f"reply.{MAIL_DOMAIN}" if DEMO else "").lower()
# What stands between "reply" and the token: "-" for providers that take no "+".
REPLY_SEPARATOR = env.str("REPLY_SEPARATOR", default="+")
INBOUND_MAX_BYTES = env.int("INBOUND_MAX_MB", default=10) * 1024 * 1024
# The name under which our own mail server writes Authentication-Results (RFC 8601 §2.5), and how
# many of our servers a mail passes. Without it no mail proves its sender, and all wait as drafts.
INBOUND_AUTHSERV_ID = env.str(
    "INBOUND_AUTHSERV_ID", default="mx.demo.invalid" if DEMO else ""
).lower()
INBOUND_OWN_HOPS = env.int("INBOUND_OWN_HOPS", default=1)
# The provider whose webhook hands mail over, as Anymail names it (with ANYMAIL_WEBHOOK_SECRET).
INBOUND_PROVIDER = env.str("INBOUND_PROVIDER", default="")
if INBOUND_PROVIDER:
    # A provider sends a whole mail in one field.
    DATA_UPLOAD_MAX_MEMORY_SIZE = max(DATA_UPLOAD_MAX_MEMORY_SIZE, INBOUND_MAX_BYTES * 3 // 2)

# ---------------------------------------------------------------- worker, beat, sockets

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
CELERY_BEAT_SCHEDULE = timetable.ENTRIES

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

# ---------------------------------------------------------------- security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cohort.errors.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^livez$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

CONTENT_SECURITY_POLICY = policy.CONTENT

# ---------------------------------------------------------------- logs

LOGGING = logs.to_console(env.str("LOG_LEVEL", default="INFO"))

TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = True
