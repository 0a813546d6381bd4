from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import TagsField, ThemesField
from cohort.models import Tag
from forums.models import Thread


class LabelsForm(forms.Form):
    """What a thread is called and filed under.

    An announcement stays one, and nothing becomes one for those who may not announce.
    """

    title = forms.CharField(label=_("Title"), max_length=140)
    kind = forms.ChoiceField(label=_("Kind"))
    themes = ThemesField()
    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Your own words, separated by commas; up to six."),
    )

    def __init__(self, thread: Thread, *args: Any, may_announce: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        announcement = Thread.Kind.ANNOUNCEMENT
        fields["kind"].choices = [
            choice
            for choice in Thread.Kind.choices
            if may_announce or (choice[0] == announcement) == (thread.kind == announcement)
        ]

    @classmethod
    def of(cls, thread: Thread, *, may_announce: bool) -> "LabelsForm":
        tags = Tag.objects.filter(thread_items__content_object=thread).order_by("name")
        initial = {
            "title": thread.title,
            "kind": thread.kind,
            "themes": list(thread.themes.values_list("pk", flat=True)),
            "tags": ", ".join(tags.values_list("name", flat=True)),
        }
        return cls(thread, initial=initial, may_announce=may_announce)
