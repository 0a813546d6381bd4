"""What has become due: every planner is asked at each beat, and none can stop the others."""

import logging
from datetime import datetime

from django.db import transaction

from notifications import registry

logger = logging.getLogger(__name__)


def plan_due(now: datetime) -> int:
    """Let each planner put what is due into the outbox; say for how many mails they asked."""
    return sum(_plan(planner, now) for planner in registry.planners)


def _plan(planner: registry.Planner, now: datetime) -> int:
    try:
        with transaction.atomic():
            return planner(now)
    except Exception:
        logger.exception("The planner %s.%s failed", planner.__module__, planner.__qualname__)
        return 0
