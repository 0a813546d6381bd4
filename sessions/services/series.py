"""Several sessions planned in one go."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from cohort.models import Cohort
from sessions.models import LearningSession
from sessions.services.planning import plan_session


@transaction.atomic
def plan_series(
    *, cohort: Cohort, days: Sequence[date], form_key: uuid.UUID, **fields: Any
) -> list[LearningSession]:
    """Plan the same session for each of these days, all or none; each then goes its own way.

    Nobody gets as many mails at once: members are told of each when it is near. The same
    `form_key` again gives the first ones. Raises NoSuchTime and AmbiguousTime.
    """
    return [
        plan_session(
            cohort=cohort,
            local_date=day,
            form_key=uuid.uuid5(form_key, day.isoformat()),
            series=form_key,
            tell=False,
            **fields,
        )
        for day in days
    ]
