"""Settings, read from the environment, typed, failing loudly. Secrets have no default.

Each is said in one of the parts below and in no other, so their order means nothing. What a part
needs of another it imports by name.
"""

# Applications, middleware, templates, language.
from config.settings.applications import *  # noqa: F403

# PostgreSQL, Redis, caches, the worker and its timetable, sockets.
from config.settings.data import *  # noqa: F403

# Static files, uploads, buckets, scanning.
from config.settings.files import *  # noqa: F403

# Mail out and in, devices.
from config.settings.mail import *  # noqa: F403

# Accounts, passwords, codes, passkeys, Google and Microsoft, how long one stays signed in.
from config.settings.people import *  # noqa: F403

# Headers, cookies, content policy, reading the public web.
from config.settings.security import *  # noqa: F403

# Debug and demo, secrets, addresses, proxies, logs.
from config.settings.site import *  # noqa: F403
