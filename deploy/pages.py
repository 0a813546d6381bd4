"""Settings of the page server, gunicorn: threads wait for the database while others render."""

import gc
import os
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))

# A request that hangs this long is given up; uploads are read by other threads meanwhile.
timeout = 60
graceful_timeout = 25
keepalive = 30

# Workers are renewed now and then, at different times, so that no leak grows for months.
max_requests = 5000
max_requests_jitter = 1000

# The sign of life is a file: it must lie in memory, or a slow disk looks like a dead worker.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None

# What a request says of its way here is believed by Django alone, for as many proxies as
# TRUSTED_PROXIES counts.
forwarded_allow_ips = ""

# The application is loaded once and its memory shared by the workers, copied only on writing.
preload_app = True


def when_ready(_server: Any) -> None:
    """Keep the collector's hands off what is shared: to look at it would be to copy it."""
    gc.collect()
    gc.freeze()
