from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import FormKeyField, TagsField, ThemesField
from cohort.models import Membership
from forums.models import BODY_LIMIT, Space, Thread


class BodyField(forms.CharField):
    """What somebody writes in plain text. Too long is refused with the limit named."""

    widget = forms.Textarea(attrs={"rows": 6})
    default_error_messages = {"required": _("Please write something first.")}

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > BODY_LIMIT:
            raise ValidationError(
                _(
                    "A post has room for %(limit)s characters and this one has %(length)s. "
                    "All of it is still here: please shorten it, or add the rest as a reply."
                ),
                params={"limit": f"{BODY_LIMIT:,}", "length": f"{len(value):,}"},
            )


class WrittenForm(forms.Form):
    """A form whose `body` is typed in a textarea, or written in the editor, which says so."""

    body = BodyField()
    # The editor sets it; without scripts the body is plain text.
    is_html = forms.BooleanField(required=False, widget=forms.HiddenInput)


class PostForm(WrittenForm):
    body = BodyField(label=_("Your reply"))


class ReplyForm(PostForm):
    """A reply, and the number of the post it answers."""

    parent = forms.IntegerField(
        min_value=1, required=False, initial=1, widget=forms.HiddenInput(attrs={"id": None})
    )
    form_key = FormKeyField()

    def clean_parent(self) -> int:
        return self.cleaned_data["parent"] or 1


class ThreadForm(WrittenForm):
    """Begins a thread. Offers what the member may choose: their spaces, their kinds."""

    space = forms.ModelChoiceField(Space.objects.none(), label=_("Where"), empty_label=None)
    title = forms.CharField(
        label=_("Title"),
        max_length=140,
        help_text=_("Say it so that a busy colleague knows whether to open it."),
    )
    kind = forms.ChoiceField(label=_("Kind"), initial=Thread.Kind.DISCUSSION)
    themes = ThemesField()
    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Your own words, separated by commas; up to six."),
    )
    body = BodyField(label=_("What is it about?"), widget=forms.Textarea(attrs={"rows": 10}))
    form_key = FormKeyField()

    def __init__(
        self, member: Membership, *args: Any, may_announce: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["space"].queryset = Space.objects.visible_to(member).in_order()
        fields["kind"].choices = [
            choice
            for choice in Thread.Kind.choices
            if choice[0] != Thread.Kind.ANNOUNCEMENT or may_announce
        ]
