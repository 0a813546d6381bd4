"""The edition: what is new in the cohort, by mail, at the hour each member chose."""

from django.utils.translation import gettext_lazy as _

from notifications import reasons, registry
from notifications.edition import away
from notifications.edition.composing import compose
from notifications.edition.planning import LIVES, plan
from notifications.edition.readers import AWAY_KIND, KIND, cutoff, move_mark
from notifications.registry import EDITION, Kind, Topic

__all__ = ["AWAY_KIND", "KIND", "compose", "cutoff", "move_mark", "plan", "register"]

TOPIC = Topic(
    EDITION,
    _("The edition"),
    _("What is new in the cohort: discussions, the library and the next session."),
)
KINDS = (
    Kind(
        KIND, _("Edition"), compose,
        topic=EDITION, on_settled=move_mark, lives=LIVES, is_bulk=True,
    ),
    Kind(AWAY_KIND, _("Edition rests"), away.compose, topic=EDITION, is_bulk=True),
)  # fmt: skip


def register() -> None:
    reasons.WORDS[away.CAME_BACK] = away.CAME_BACK_WORDS
    registry.register_topic(TOPIC)
    for kind in KINDS:
        registry.register_kind(kind)
    registry.register_planner(plan)
