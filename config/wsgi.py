"""Pages over WSGI: what a production page server and the bridge in asgi.py call."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from cohort.charset import ReadAsUtf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = ReadAsUtf8(get_wsgi_application())
# Now rather than at the first request: what is loaded before workers fork, they share.
_ = get_resolver().url_patterns
