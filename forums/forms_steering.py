"""What facilitators fill in to steer, and members to flag."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohort.form_fields import ThemesField
from cohort.models import Audience, Cohort, Membership
from forums.models import Flag, Space, Thread

WORDS_LIMIT = 500


class MoveForm(forms.Form):
    space = forms.ModelChoiceField(
        Space.objects.none(),
        label=_("Move it to"),
        error_messages={"required": _("Please choose a space.")},
    )

    def __init__(self, *args: Any, spaces: Collection[Space], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pks = [space.pk for space in spaces]
        self.fields["space"].queryset = Space.objects.filter(pk__in=pks)  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    """A new thread of some replies; `posts` are their numbers."""

    posts = forms.TypedMultipleChoiceField(
        coerce=int,
        label=_("Which posts"),
        error_messages={
            "required": _("Please choose at least one post."),
            "invalid_choice": _("Some of these posts were moved meanwhile. Please choose again."),
        },
    )
    title = forms.CharField(label=_("Title of the new discussion"), max_length=140)
    space = forms.ModelChoiceField(Space.objects.none(), label=_("Where"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[kind for kind in Thread.Kind.choices if kind[0] != Thread.Kind.ANNOUNCEMENT],
    )
    themes = ThemesField()

    def __init__(
        self, member: Membership, *args: Any, numbers: Collection[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["space"].queryset = Space.objects.visible_to(member).in_order()
        fields["posts"].choices = [(number, number) for number in numbers]


class SpaceForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("What belongs here, in a sentence."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, cohort: Cohort, *args: Any, space: Space | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._others = Space.objects.filter(cohort=cohort).exclude(pk=space.pk if space else 0)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if self._others.filter(name__iexact=name).exists():
            raise ValidationError(_("There is a space of this name already."))
        return name


class NewSpaceForm(SpaceForm):
    audience = forms.ChoiceField(
        label=_("Who reads and writes here"),
        choices=[
            (Audience.COHORT, _("The whole cohort; observers read")),
            (Audience.FACILITATORS, _("Facilitators only")),
        ],
        widget=forms.RadioSelect,
        initial=Audience.COHORT,
        help_text=_("This cannot be changed later."),
    )


class FlagForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    note = forms.CharField(
        label=_("Anything the facilitators should know"),
        max_length=WORDS_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": WORDS_LIMIT}),
    )


class DecisionForm(forms.Form):
    """What facilitators say to an author, and which flags they had before them."""

    words = forms.CharField(
        label=_("Words to the author"),
        max_length=WORDS_LIMIT,
        required=False,
        help_text=_("They get them by mail, and see them at their post."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # "12-open 15-asked": flags by primary key, in the state that was shown.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> dict[int, str]:
        pairs = (word.partition("-") for word in self.cleaned_data["seen"].split())
        return {
            int(pk): state
            for pk, _dash, state in pairs
            if pk.isascii() and pk.isdecimal() and len(pk) < 19
        }


class QuestionForm(DecisionForm):
    """The same, to ask the author something: not without words."""

    def clean_words(self) -> str:
        if not self.cleaned_data["words"]:
            raise ValidationError(_("Please say what you ask of the author."))
        return self.cleaned_data["words"]
