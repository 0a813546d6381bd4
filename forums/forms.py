import re
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cohort import richtext
from cohort.files import CheckedFile, CheckedFileField
from cohort.form_fields import FormKeyField, TagsField, ThemesField
from cohort.models import Membership
from forums.models import BODY_LIMIT, Attachment, Draft, Post, Space, Thread

# Markup beyond it is not even read; twenty thousand characters in many tables have less.
HTML_LIMIT = 200_000
_TAG = re.compile(r"<[^<>]*>")
_FILE = re.compile(r"/attachments/([0-9a-f-]{36})/")


def _number(text: Any) -> int | None:
    """A number that a draft kept as it was posted."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else None


def _told_to_keeper(before: str, draft: Draft) -> dict[str, Any]:
    """For the browser's own keeper: what a field holds without the draft, and how old that is."""
    return {"data-was": before, "data-drafted": int(draft.updated_at.timestamp() * 1000)}


class WrittenInput(forms.Textarea):
    """Without the browser's own check: the editor hides the textarea that would have to say it."""

    def __init__(self, rows: int = 6) -> None:
        super().__init__({"rows": rows, "autocomplete": "off"})

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class BodyField(forms.CharField):
    """What somebody writes, as plain text or in the editor."""

    widget = WrittenInput
    default_error_messages = {"required": _("Please write something first.")}
    # The same text for the editor, sanitized, where it is more than the textarea can show.
    html = ""


class PartField(BodyField):
    """A part that is needed or not by what else is chosen: its form says so."""

    def validate(self, value: str) -> None:
        pass


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(CheckedFileField):
    """Files added without scripts: any number, each checked."""

    # It names no types: their list is long, stands on every page, and they are checked anyway.
    widget = FilesInput()

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        kept, refused = [], []
        for upload in data or []:
            try:
                kept.append(super().clean(upload, initial))
            except ValidationError as error:
                words = {"name": upload.name, "why": error.messages[0]}
                refused.append(ValidationError(_("%(name)s: %(why)s"), params=words))
        if refused:
            raise ValidationError(refused)
        return kept


class WrittenForm(forms.Form):
    """A form whose text is typed in textareas, or written in the editor, which says so.

    Its textareas always show plain text, which goes through without scripts; what the editor wrote
    stands beside it (`BodyField.html`).
    """

    # Those of its fields that the editor takes over, and those without which there is no post.
    written: tuple[str, ...] = ("body",)
    needed: tuple[str, ...] = ("body",)
    # Beside the text.
    typed_beside: tuple[str, ...] = ("title", "tags")

    body = BodyField()
    # The editor sets it; without scripts the body is plain text.
    is_html = forms.BooleanField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    attached = FilesField(
        label=_("Files and pictures"),
        required=False,
        help_text=_("Up to ten, of 25 MB each."),
    )

    def __init__(self, *args: Any, draft: Draft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = None if self.is_bound else draft
        if self.draft:
            self._restore(self.draft)

    def _restore(self, draft: Draft) -> None:
        """Show what was begun. What the form would hold otherwise is told to who keeps it here."""
        for name in self.written:
            before = self.get_initial_for_field(self.fields[name], name) or ""
            text = draft.body if name == "body" else draft.fields.get(name, "")
            if not text:
                continue
            self._show(name, text, is_html=draft.is_html)
            self.fields[name].widget.attrs.update(_told_to_keeper(before, draft))

    def _restore_beside(self, draft: Draft) -> None:
        """What was chosen beside the text, with its title and tags."""
        for name in self.typed_beside:
            before = self.initial.get(name) or ""
            self.fields[name].widget.attrs.update(_told_to_keeper(before, draft))
        chosen = {name: value for name, value in draft.fields.items() if name in self.fields}
        for name in set(chosen) - set(self.written):
            self.initial[name] = chosen[name]
        self.initial["title"] = draft.fields.get("title", draft.title)

    def _show(self, name: str, text: str, *, is_html: bool) -> None:
        field: Any = self.fields[name]
        if is_html and len(text) <= Draft.LIMIT:
            field.html = richtext.sanitize_post(text)
            text = richtext.to_plain(field.html)
        elif is_html:
            text = _TAG.sub(" ", text)
        self.initial[name] = text

    def again(self) -> Self:
        """Ready to be shown again, with all that was written."""
        if self.was_html:
            for name in self.written:
                self._show(name, self.data.get(name, ""), is_html=True)
            shown = {name: self.initial[name] for name in self.written}
            self._put({**shown, "is_html": ""})
        return self

    def _put(self, values: dict[str, str]) -> None:
        """Put values in the place of what was sent."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    @property
    def was_html(self) -> bool:
        return self.data.get("is_html", "") not in ("", "False", "false", "0")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        length = sum(self._length(name, data[name]) for name in self.written if data.get(name))
        if length > BODY_LIMIT:
            self._refuse_length(length)
        texts = [data.get(name) or "" for name in self.written]
        files = {pk for text in texts for pk in _FILE.findall(text[:HTML_LIMIT])}
        if len(files) + len(data.get("attached") or []) > Attachment.MOST_IN_A_POST:
            words = _("A post has room for %(most)s files. Please put the rest into a reply.")
            most = {"most": Attachment.MOST_IN_A_POST}
            self.add_error("body", ValidationError(words, params=most))
        return data

    def _length(self, name: str, text: str) -> int:
        """Of what a reader will read; markup counts only where there is far too much of it."""
        if not self.was_html:
            return len(text)
        if len(text) > HTML_LIMIT:
            return max(len(_TAG.sub("", text)), BODY_LIMIT + 1)
        html = richtext.sanitize_post(text)
        words = richtext.to_text(html)
        if not words and "<img" not in html:
            self._say_empty(name)
        return len(words)

    def _say_empty(self, name: str) -> None:
        if name in self.needed:
            self.add_error(name, self.fields[name].error_messages["required"])
        else:
            self.cleaned_data[name] = ""

    def _refuse_length(self, length: int) -> None:
        words = _(
            "A post has room for %(limit)s characters and this one has %(length)s. "
            "All of it is still here: please shorten it, or add the rest as a reply."
        )
        params = {"limit": f"{BODY_LIMIT:,}", "length": f"{length:,}"}
        self.add_error("body", ValidationError(words, params=params))


class PostForm(WrittenForm):
    body = BodyField(label=_("Your reply"))


class ReplyForm(PostForm):
    """A reply, and the number of the post it answers."""

    parent = forms.IntegerField(
        min_value=1, required=False, initial=1, widget=forms.HiddenInput(attrs={"id": None})
    )
    as_facilitator = forms.BooleanField(
        label=_("Write on behalf of the facilitators"), required=False
    )
    form_key = FormKeyField()

    def __init__(self, *args: Any, may_steer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_steer:
            del self.fields["as_facilitator"]
        elif self.draft:
            self.initial["as_facilitator"] = bool(self.draft.fields.get("as_facilitator"))

    @classmethod
    def going_on(
        cls, draft: Draft | None, *, parent: int, quote: str = "", may_steer: bool = False
    ) -> Self:
        """As it is opened: with the draft begun there, and where a quote is asked for, below it."""
        form = cls(initial={"parent": parent}, draft=draft, may_steer=may_steer)
        if form.draft and parent == 1:
            form.initial["parent"] = _number(form.draft.fields.get("parent")) or 1
        if quote:
            begun = form.initial.get("body", "")
            form.fields["body"].html = ""  # type: ignore[attr-defined]
            form.initial["body"] = f"{begun}\n\n{quote}" if begun else quote
        return form

    def clean_parent(self) -> int:
        return self.cleaned_data["parent"] or 1


class EditForm(PostForm):
    """What a post says, and the version of it that one began with."""

    body = BodyField(label=_("Your post"), widget=WrittenInput(rows=10))
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, post: Post, draft: Draft | None = None) -> Self:
        """As one begins to change a post, or goes on with a draft of whatever version."""
        version = _number(draft.fields.get("version")) if draft else None
        initial = {"version": version or post.version, "body": richtext.to_plain(post.body)}
        form = cls(initial=initial, draft=draft)
        if not form.draft:
            form._show("body", post.body, is_html=True)
        return form

    def leaves_as_it_is(self, post: Post) -> bool:
        """Plain text that says what the post says already must not cost it its formatting."""
        data = self.cleaned_data
        before = " ".join(richtext.to_plain(post.body).split())
        is_same = " ".join(data["body"].split()) == before
        return is_same and not data["is_html"] and not data["attached"]

    def begin_again_with(self, version: int) -> None:
        self._put({"version": str(version)})


class ThreadForm(WrittenForm):
    """Begins a thread. Offers what the member may choose: their spaces, their kinds.

    A dilemma is written in three parts, which become one body.
    """

    written = ("body", "situation", "tried", "question")
    needed = ()
    parts = ("situation", "tried", "question")

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
    body = PartField(label=_("What is it about?"), widget=WrittenInput(rows=10))
    situation = PartField(
        label=_("The situation"),
        help_text=_("What happens, to whom, and what is at stake. No names of students."),
    )
    tried = BodyField(
        label=_("What was tried"),
        required=False,
        help_text=_("By you and by others, and what came of it."),
    )
    question = PartField(
        label=_("The question to the group"),
        help_text=_("What would help you most: an experience, an idea, a view from outside?"),
    )
    answers_first = forms.BooleanField(
        label=_("Answer before you read"),
        required=False,
        help_text=_("Others' replies open to each member once they have written their own."),
    )
    form_key = FormKeyField()

    def __init__(
        self,
        member: Membership,
        *args: Any,
        may_announce: bool = False,
        may_steer: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["space"].queryset = Space.objects.visible_to(member).in_order()
        fields["kind"].choices = [
            choice
            for choice in Thread.Kind.choices
            if choice[0] != Thread.Kind.ANNOUNCEMENT or may_announce
        ]
        if not may_steer:
            del fields["answers_first"]

    def _restore(self, draft: Draft) -> None:
        super()._restore(draft)
        self._restore_beside(draft)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") != Thread.Kind.DILEMMA:
            self._require("body", _("Please write something first."))
            return {**data, **dict.fromkeys(self.parts, "")}
        # What was written before the kind was chosen is not lost.
        if data.get("body") and not data.get("situation"):
            data["situation"], data["body"] = data["body"], ""
        self._require("situation", _("Please tell what the situation is."))
        self._require("question", _("Please say what you ask the group."))
        return data

    def _require(self, name: str, words: Any) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, words)

    def about_the_thread(self) -> dict[str, Any]:
        """What `start_thread` asks for beside the body."""
        names = ("space", "title", "kind", "themes", "tags", "answers_first", "form_key")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def sections(self) -> list[tuple[str, str]]:
        """What was written, part by part, each with its heading; without one if it is whole."""
        data = self.cleaned_data
        if data["kind"] != Thread.Kind.DILEMMA:
            return [("", data["body"])]
        named = [(str(self.fields[name].label), data.get(name) or "") for name in self.parts]
        return [*((label, text) for label, text in named if text), ("", data.get("body") or "")]
