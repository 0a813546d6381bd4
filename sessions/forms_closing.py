"""What is written after a session: its record, feedback, and a discussion from what was said."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.form_fields import ThemesField, may_be_needed
from cohort.models import Membership
from forums.forms import BodyField, WrittenInput
from forums.models import Space, Thread
from resources.models import Resource
from sessions.forms import OneLine, web_address
from sessions.models import CloseOut, Feedback, LearningSession
from sessions.queries.follow_ups import spaces_for

LONGEST_HTML = 200_000
TITLE_LIMIT = 140


class RecordForm(forms.Form):
    """Summary, next steps, recording, materials: typed as plain text, or written in the editor."""

    WRITTEN = ("summary", "next_steps")

    recording_url = web_address(_("Recording"), _("Where it can be watched."))
    summary = BodyField(
        label=_("Summary"),
        required=False,
        max_length=LONGEST_HTML,
        widget=WrittenInput(rows=10),
        help_text=_("What was said and agreed, most of all for those who could not come."),
    )
    next_steps = BodyField(
        label=_("Next steps"),
        required=False,
        max_length=LONGEST_HTML,
        widget=WrittenInput(rows=4),
        help_text=_("Who does what by when."),
    )
    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=_("Materials"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The latest first."),
    )
    is_html = forms.BooleanField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    # What the writer began with: two who write at once must not undo each other's work.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, session: Any, close_out: CloseOut, member: Membership) -> None:
        super().__init__(data)
        self.session = session
        self.kept = {"summary": session.summary, "next_steps": close_out.next_steps}
        fields: dict[str, Any] = self.fields
        fields["resources"].queryset = Resource.objects.visible_to(member).latest_first()
        self.initial = {
            "recording_url": session.recording_url,
            "resources": [resource["pk"] for resource in session.resource_rows],
            "seen": session.updated_at.isoformat(),
        }
        for name, html in self.kept.items():
            self._show(name, html)

    def _show(self, name: str, html: str) -> None:
        field: Any = self.fields[name]
        field.html = html
        self.initial[name] = richtext.to_plain(html)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("seen") and data["seen"] != self.session.updated_at.isoformat():
            self.add_error(
                None,
                _(
                    "Somebody else has saved meanwhile. What you wrote is still here; open this "
                    "page in a second window and compare, then save again."
                ),
            )
        return data

    def html(self, name: str) -> str:
        """What was written, as HTML. Plain text that says the same leaves the formatting alone."""
        text = str(self.cleaned_data.get(name, self.data.get(name, "")) or "")
        if self.cleaned_data.get("is_html"):
            return richtext.sanitize(text)
        before = richtext.to_plain(self.kept[name])
        if " ".join(text.split()) == " ".join(before.split()):
            return self.kept[name]
        return richtext.from_plain(text)

    def again(self, *, adding: str = "") -> "RecordForm":
        """Ready to be shown again with all that was written, and `adding` (HTML) to the summary."""
        self.is_valid()
        shown = {name: self.html(name) for name in self.WRITTEN}
        shown["summary"] += adding
        posted = QueryDict(mutable=True)
        posted.update(self.data)
        for name, html in shown.items():
            self._show(name, html)
            posted[name] = self.initial[name]
        posted["is_html"] = ""
        # Shown again, the form knows of the other's change: saving once more is meant.
        posted["seen"] = self.session.updated_at.isoformat()
        self.data = posted
        return self

    @property
    def record(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "summary": self.html("summary"),
            "next_steps": self.html("next_steps"),
            "recording_url": self.cleaned_data["recording_url"],
            "resources": self.cleaned_data["resources"],
        }


class FeedbackForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How useful was it for your work?"),
        coerce=int,
        choices=[
            (5, _("5 – very useful")),
            (4, "4"),
            (3, "3"),
            (2, "2"),
            (1, _("1 – not useful")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a number from 1 to 5.")},
    )
    words = forms.CharField(
        label=_("What should we keep, and what change?"),
        required=False,
        max_length=Feedback.WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DiscussForm(forms.Form):
    """A discussion from something that was said in a room."""

    title = OneLine(
        label=_("Title"),
        max_length=TITLE_LIMIT,
        help_text=_("Say it so that a busy colleague knows whether to open it."),
    )
    space = forms.ModelChoiceField(Space.objects.none(), label=_("Where"), empty_label=None)
    kind = may_be_needed(
        forms.ChoiceField(
            label=_("Kind"),
            choices=[
                (Thread.Kind.QUESTION.value, Thread.Kind.QUESTION.label),
                (Thread.Kind.DISCUSSION.value, Thread.Kind.DISCUSSION.label),
            ],
        )
    )
    themes = ThemesField()

    def __init__(
        self, data: Any, *, member: Membership, session: LearningSession, words: str
    ) -> None:
        text = " ".join(words.split())
        title = text if len(text) <= TITLE_LIMIT else f"{text[: TITLE_LIMIT - 1].rstrip()}…"
        asks = text.endswith("?")
        initial = {
            "title": title,
            "kind": Thread.Kind.QUESTION if asks else Thread.Kind.DISCUSSION,
            "themes": [theme.pk for theme in session.themes.all()],
        }
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["space"].queryset = spaces_for(member, session)
