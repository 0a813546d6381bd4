"""Mail that goes out and comes in, and what is sent to devices."""

import os
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from config.settings.site import DEMO, env, host

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
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=host if "." in host and not DEMO else "example.org")
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
