"""What hinders readers of a file who cannot see it, and how to mend it: hints, never a refusal.

What PDF/UA (ISO 14289) and WCAG 2.2 ask for first; found by `resources.reading` in the file, and
in what is said of it.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from resources.models import Resource

HINTS: dict[str, Any] = {
    "scanned": _(
        "Its pages are pictures of words: nobody can search them or have them read aloud. Export "
        "the PDF from the program it was written in, or scan it with text recognition (OCR)."
    ),
    "untagged": _(
        "It has no tags, so a screen reader cannot tell headings from text. In Word, save as PDF "
        "with “Document structure tags for accessibility” chosen."
    ),
    "untitled": _(
        "It has no title inside. In Word, give one under File, Info, Properties, and save it as "
        "PDF again."
    ),
    "no_language": _(
        "It does not say its language, which a screen reader needs to pronounce it. Set the "
        "document’s language where it was written, and save it as PDF again."
    ),
    "no_alt_text": _(
        "It has pictures without words for those who cannot see them. Right-click each picture, "
        "choose “Edit alt text”, and save the file again."
    ),
}
SAID_HINTS: dict[str, Any] = {
    "no_alt": _(
        "Nothing says what the picture shows. Write a sentence for those who cannot see it, under "
        "“More about it” when you edit."
    ),
    "no_captions": _(
        "Nothing says where captions or a transcript are. Those who cannot hear need them, and so "
        "does whoever listens in a noisy room. Most video sites make them if asked."
    ),
}


def hints_for(resource: Resource, findings: list[str]) -> list[Any]:
    """In words, the gravest first. `findings` are those in its file, none for a link."""
    missing = {
        "no_alt": resource.is_picture and not resource.alt,
        "no_captions": resource.is_heard and not resource.captions,
    }
    said = [words for name, words in SAID_HINTS.items() if missing[name]]
    return said + [words for name, words in HINTS.items() if name in findings]
