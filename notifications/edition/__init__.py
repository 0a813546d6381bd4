"""The edition: what is new in the cohort, by mail, at the hour each member chose."""

from django.utils.translation import gettext_lazy as _

from notifications import reasons, registry
from notifications.edition import audience, away, preview, sample
from notifications.edition.composing import compose
from notifications.edition.planning import LIVES, plan
from notifications.edition.readers import AWAY_KIND, KIND, TEST_KIND, cutoff, move_marks
from notifications.registry import EDITION, Kind, Topic

__all__ = ["AWAY_KIND", "KIND", "compose", "cutoff", "move_marks", "plan", "register"]

WORDS = {
    away.CAME_BACK: _("Was here again before it went out"),
    audience.AWAY: _("Not seen for three months: their editions rest"),
    audience.HAD_THEIRS: _("Had this week’s edition before"),
}
# With so many at once, noting them costs a small part of writing them.
GROUP = 20
TOPIC = Topic(
    EDITION,
    _("The edition"),
    _("What is new in the cohort: discussions, the library and the next session."),
)
KINDS = (
    Kind(
        KIND, _("Edition"), compose, topic=EDITION, sample=sample.edition,
        on_settled=move_marks, lives=LIVES, is_bulk=True, group=GROUP,
    ),
    Kind(TEST_KIND, _("Test of an edition"), preview.compose_test, sample=sample.test),
    Kind(
        AWAY_KIND, _("Edition rests"), away.compose, topic=EDITION, sample=away.write,
        is_bulk=True,
    ),
)  # fmt: skip


def register() -> None:
    reasons.WORDS.update(WORDS)
    registry.register_topic(TOPIC)
    for kind in KINDS:
        registry.register_kind(kind)
    registry.register_planner(plan)
