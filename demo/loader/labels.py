"""Themes and tags, looked up and made once for all that carries them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.utils.text import slugify

from cohort.models import Cohort, Tag, Theme
from demo.loader.content import Words


class Labels:
    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.themes = {theme.name.lower(): theme for theme in Theme.objects.all()}
        self.tags: dict[str, Tag] = {}

    def attach(
        self,
        theme_item: type[models.Model],
        tag_item: type[models.Model],
        labelled: Iterable[tuple[models.Model, Words]],
    ) -> None:
        """Give each thing its themes and tags, through these item tables."""
        pairs = list(labelled)
        theme_items, tag_items = [], []
        for thing, words in pairs:
            theme_items += [(thing, self.theme(name)) for name in words.theme_names]
            tag_items += [(thing, self.tag(name)) for name in words.listed("tags")]
        self._create(theme_item, theme_items)
        self._create(tag_item, tag_items)

    def theme(self, name: str) -> Theme:
        return self.themes[name.lower()]

    def tag(self, name: str) -> Tag:
        if name not in self.tags:
            slug = slugify(name, allow_unicode=True)
            self.tags[name], _made = Tag.objects.get_or_create(
                cohort=self.cohort, name=name, defaults={"slug": slug}
            )
        return self.tags[name]

    def _create(self, item: Any, pairs: Sequence[tuple[models.Model, models.Model]]) -> None:
        item.objects.bulk_create(item(content_object=thing, tag=tag) for thing, tag in pairs)
