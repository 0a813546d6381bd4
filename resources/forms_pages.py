from typing import Any

from django.utils.translation import gettext_lazy as _

from cohort import richtext
from forums.forms import BodyField, WrittenInput
from forums.forms_letters import LetterForm
from forums.models import Draft
from resources.forms_said import SaidForm, said_of
from resources.models import Resource, WrittenPage
from resources.page_drafts import WORDS


class PageForm(LetterForm, SaidForm):
    """A page that is written here, or (with `resource`) one to be written anew."""

    limit = WrittenPage.LIMIT
    takes_files = True
    typed_beside = (*WORDS, "tags")

    body = BodyField(
        label=_("The page"),
        help_text=_("What you would tell a colleague who begins tomorrow: steps, lists, tables."),
        widget=WrittenInput(rows=12),
    )

    def __init__(self, *args: Any, resource: Resource | None = None, **options: Any) -> None:
        page = resource.current_page if resource else None
        if resource and page:
            begun = {"version": page.number, "body": richtext.to_plain(page.html)}
            options.setdefault("initial", {**said_of(resource), **begun})
        super().__init__(*args, resource=resource, **options)
        for name in ("alt", "captions"):
            del self.fields[name]
        if page and not self.is_bound and not self.draft:
            self.begin_with(page.html)

    def _restore(self, draft: Draft) -> None:
        super()._restore(draft)
        self._restore_beside(draft)

    def html_over(self, resource: Resource) -> str:
        """What a valid form says; plain text that says what is there keeps its formatting."""
        page = resource.current_page
        if page is None or self.cleaned_data["is_html"]:
            return self.html
        before = " ".join(richtext.to_plain(page.html).split())
        is_same = " ".join(self.cleaned_data["body"].split()) == before
        return page.html if is_same else self.html
