"""How often something may be asked for, counted in the cache: gone with it, never in the way."""

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def wait_before(what: str, *, most: int, seconds: int) -> int:
    """Count one more of `what`; 0 while there were no more than `most` of it in this window of
    so many seconds, else the seconds until the next one."""
    window, passed = divmod(int(time.time()), seconds)
    name = f"limit:{what}:{window}"
    try:
        cache.add(name, 0, timeout=seconds)
        count = cache.incr(name)
    except (RedisError, ValueError) as error:  # away, or gone between the two
        logger.warning("Nothing is counted now: %s", type(error).__name__)
        return 0
    return seconds - passed if count > most else 0
