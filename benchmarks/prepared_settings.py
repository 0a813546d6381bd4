"""The product's settings, with a kind of mail whose words are prepared."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.prepared.PreparedConfig"]
