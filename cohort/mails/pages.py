"""Mails that are HTML alone: their own words, as the HTML that posts may hold."""

import re
from contextlib import suppress
from typing import Any

from lxml import etree, html

from cohort import richtext

MOST_HTML = 2_000_000
BLOCKS = {
    "address", "article", "blockquote", "center", "div", "dl", "fieldset", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tr",
    "ul",
}  # fmt: skip
_PARAGRAPHS = {"address", "article", "center", "div", "main", "section"}
_HEADINGS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em"}
_DROPPED = "//head|//img|//comment()|//script|//style|//title|//object|//iframe|//svg"
_SIGNATURES = (
    "//*[contains(concat(' ',@class,' '),' gmail_signature ')"
    " or contains(concat(' ',@class,' '),' gmail_signature_prefix ')"
    " or contains(concat(' ',@class,' '),' moz-signature ')"
    " or @id='Signature' or @id='ms-outlook-mobile-signature']"
)
_INTRODUCTIONS = (
    "//*[contains(@class,'gmail_attr') or contains(@class,'moz-cite-prefix')"
    " or contains(@class,'OutlookMessageHeader')]"
)
# At the end of a mail, whatever it is called, a quote is what the mail answers.
_QUOTES = "//blockquote|//*[@class='yahoo_quoted' or contains(@class,'protonmail_quote')]"
# From here on it is the older mail.
_OLD_MAIL = "//*[@id='divRplyFwdMsg' or @id='appendonsend' or @id='OLK_SRC_BODY_SECTION']"
_LIST_FOOTER = re.compile(
    r"_{20,}(?=[^_]{0,300}mailing list)|You received this message because you are subscribed to",
    re.DOTALL,
)
_EMPTY = re.compile(r"<p>(?:\s|<br>|&nbsp;|\xa0)*</p>")
# A signature, or the dashes of one.
_END = re.compile(
    r"(?:<p>|<br>)\s*--(?:\s|&nbsp;|\xa0|<br>)[^<>]{0,300}(?:<br>[^<>]{0,80}){0,6}(?:</p>)?$"
)
_EDGE_BREAKS = re.compile(r"(?:<br>\s*){3,}")


def clean_html(source: str) -> str:
    """Sanitized HTML of a mail's own words; empty if it has none."""
    own, whole = own_html(source)
    return own if richtext.to_text(own) else whole


def own_html(source: str, marker: re.Pattern[str] | None = None) -> tuple[str, str]:
    """Sanitized HTML of a mail's own words (none after the marker), and of all of it."""
    tree = _parse(source[:MOST_HTML])
    if tree is None:
        return "", ""
    whole = _sanitized(tree)
    if marker:
        _cut_at(tree, marker)
    _cut(tree)
    return _sanitized(tree), whole


def _cut_at(tree: html.HtmlElement, marker: re.Pattern[str]) -> None:
    """Drop what begins with the marker, unless somebody answers within a quote below it."""
    for words in tree.xpath("//text()"):
        if found := marker.search(words):
            quotes = words.getparent().xpath("ancestor::blockquote")
            if not quotes or not _text_after(quotes[0]):
                _drop_words(words, found.start())
            return


def _parse(source: str) -> html.HtmlElement | None:
    with suppress(etree.LxmlError, ValueError, AssertionError):
        parser = html.HTMLParser(encoding="utf-8", remove_pis=True)
        tree = html.document_fromstring(source.encode(), parser=parser)
        for element in tree.xpath(_DROPPED):
            _drop(element)
        return tree
    return None


def _cut(tree: html.HtmlElement) -> None:
    for words in tree.xpath("//text()"):
        if footer := _LIST_FOOTER.search(words):
            _drop_words(words, footer.start())
            break
    for element in tree.xpath(_OLD_MAIL)[:1]:
        _drop_from(element)
    for element in tree.xpath(_SIGNATURES):
        _drop(element)
    quotes = tree.xpath(_QUOTES)
    while quotes and not _text_after(quotes[-1]):
        _drop(quotes.pop())
    if not quotes:
        for element in tree.xpath(_INTRODUCTIONS):
            _drop(element)


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _drop_from(element: html.HtmlElement) -> None:
    """With all that follows it in the document."""
    _drop_after(element)
    _drop(element)


def _drop_after(element: html.HtmlElement) -> None:
    step = element
    while step is not None and step.tag not in ("body", "html"):
        for later in list(step.itersiblings()):
            later.getparent().remove(later)
        step.tail = None
        step = step.getparent()


def _drop_words(words: Any, start: int) -> None:
    """From this place in a text on, with all that follows it in the document."""
    element = words.getparent()
    if words.is_text:
        element.text = words[:start]
        for child in list(element):
            element.remove(child)
        _drop_after(element)
    else:
        _drop_after(element)
        element.tail = words[:start]


def _text_after(element: html.HtmlElement) -> bool:
    """Whether any words follow it."""
    step = element
    while step is not None and step.tag != "body":
        if (step.tail or "").strip():
            return True
        if any("".join(later.itertext()).strip() for later in step.itersiblings()):
            return True
        step = step.getparent()
    return False


def _sanitized(tree: html.HtmlElement) -> str:
    """With paragraphs for what mail programs write as divisions."""
    copy = html.document_fromstring(html.tostring(tree, encoding="unicode"))
    for element in copy.iter():
        if element.tag in _PARAGRAPHS and not any(child.tag in BLOCKS for child in element):
            element.tag = "p"
        elif element.tag in _HEADINGS:
            element.tag = _HEADINGS[element.tag]
    text = richtext.sanitize_post(html.tostring(copy, encoding="unicode"))
    # Nobody was named here by a mail of then.
    text = text.replace(' class="mention"', "")
    text = _EDGE_BREAKS.sub("<br><br>", _EMPTY.sub("", text))
    return _END.sub(_close, text).strip()


def _close(end: re.Match[str]) -> str:
    """A signature that stood within a paragraph leaves its end."""
    return "</p>" if end[0].startswith("<br>") and end[0].endswith("</p>") else ""
