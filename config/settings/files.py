"""Static files, what people upload, where it is kept and who looks through it."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from cohort.storage import bucket
from config.settings.mail import INBOUND_MAX_BYTES, INBOUND_PROVIDER
from config.settings.site import BASE_DIR, DEBUG, env

BUILD_DIR = Path(env.str("BUILD_DIR", default=str(BASE_DIR / ".data" / "build")))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", *([BUILD_DIR] if BUILD_DIR.exists() else [])]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static")))
WHITENOISE_USE_FINDERS = DEBUG
# Pictures and fonts are small already; nobody but a developer's browser asks for source maps,
# and they are the largest files of all.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "woff2", "map")

# ---------------------------------------------------------------- uploads

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / ".data" / "media")))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=25) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "cohort.files.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
if INBOUND_PROVIDER:
    # A provider sends a whole mail in one field.
    DATA_UPLOAD_MAX_MEMORY_SIZE = max(DATA_UPLOAD_MAX_MEMORY_SIZE, INBOUND_MAX_BYTES * 3 // 2)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# ClamAV's daemon: `host:3310` or a socket's path; empty: nothing is scanned. When it is away files
# are refused, or taken as they are.
CLAMAV = env.str("CLAMAV", default="")
CLAMAV_AWAY = env.str("CLAMAV_AWAY", default="refuse")
if CLAMAV_AWAY not in ("refuse", "take"):
    raise ImproperlyConfigured("CLAMAV_AWAY is `refuse` or `take`")

# ---------------------------------------------------------------- where they are kept

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
