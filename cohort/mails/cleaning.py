"""What somebody wrote, without what mail programs and lists put around it.

Cut are quotes at the end with the line that introduces them, signatures, and the footers of lists.
Quotes that somebody answers below, line by line, stay. Where nothing would be left, all stays.
"""

import re

_ATTRIBUTION_LINES = 4
_MOST_SIGNATURE_LINES = 12

_QUOTED = re.compile(r"^\s{0,3}>")
_RULE = re.compile(r"^\s*[-_=*~#]{10,}\s*$")
_ABOUT_LIST = re.compile(
    r"mailing list|listinfo|unsubscribe|list archives?|google groups|/mailman\d?/|list info",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"^\s*(?:You (?:have )?received this (?:message|email) because you are subscribed to|"
    r"To unsubscribe from this (?:group|list|topic)|"
    r"To view this discussion (?:on the web )?visit https?://groups\.google\.com)",
    re.IGNORECASE,
)
_NEXT_PART = re.compile(r"^-{10,} next part -{10,}$")
_PHONE = re.compile(
    r"^\s*(?:Sent (?:from|via) (?:my|the|Outlook|Yahoo|Mail|Gmail|Proton)|Get Outlook for |"
    r"Von meinem .{1,40} gesendet|Gesendet von |Envoyé (?:de|depuis) m|Enviado (?:desde|do|de) |"
    r"Inviato da|Verzonden va|Skickat från |Sendt fra ).{0,80}$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(?:Original (?:Message|Appointment)|Ursprüngliche Nachricht|Message d'origine|"
    r"Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|"
    r"Ursprungligt meddelande)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"^\s*\*?([A-ZÀ-Þ][\wÀ-ÿ]{0,12})\s?:\*?\s+\S")
_FROM = {"From", "Von", "De", "Da", "Van", "Från", "Fra", "Od"}
_SUBJECT = {"Subject", "Betreff", "Objet", "Asunto", "Assunto", "Oggetto", "Onderwerp", "Ämne",
            "Emne", "Temat"}  # fmt: skip
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał\S*)\b"
    r".{0,120}:\s*$",
    re.IGNORECASE,
)
_HAS_WHEN_OR_WHO = re.compile(r"\d|@| at ")
_BRACKETED_ADDRESS = re.compile(
    r"\s*[<(\[](?:mailto:)?[^\s<>()\[\]]+(?:@| at )[^<>()\[\]]{1,80}[>)\]]"
)


def clean_text(text: str) -> str:
    """A plain text's own words; all of it where nothing would be left."""
    whole = _without_footer(_without_scrubbings(text.split("\n")))
    lines = _own_lines(whole, keeps=True)
    return "\n".join(_apart(_trimmed(lines if any(map(str.strip, lines)) else whole)))


def own_words(text: str) -> str:
    """A plain text's own words; nothing where it has none."""
    return "\n".join(_apart(_trimmed(_own_lines(text.split("\n"), keeps=False))))


def is_quoted(line: str) -> bool:
    """Marked as somebody else's words."""
    return bool(_QUOTED.match(line))


def _own_lines(whole: list[str], *, keeps: bool) -> list[str]:
    """Without quotes at the end and signatures. With `keeps` no single cut takes everything."""
    lines, before = whole, None
    while lines != before:
        before = lines
        cut = _without_quoted_tail(_without_footer(_trimmed(lines)), keeps=keeps)
        lines = _without_signature(cut, keeps=keeps)
    return lines


def unflow(text: str, *, deletes_space: bool) -> str:
    """The paragraphs of a text in format=flowed (RFC 3676)."""
    out: list[str] = []
    depth, is_open = 0, False
    for line in text.split("\n"):
        rest = line.lstrip(">")
        quoted = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        if flows and deletes_space:
            rest = rest[:-1]
        if is_open and quoted == depth and rest != "-- ":
            out[-1] += rest
        else:
            out.append(f"{'>' * quoted} {rest}" if quoted else rest)
        depth, is_open = quoted, flows
    return "\n".join(out)


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


# ---------------------------------------------------------------- what the list added


def _without_scrubbings(lines: list[str]) -> list[str]:
    """Without what Mailman's archives say of files that they took away."""
    out: list[str] = []
    is_scrubbing = False
    for place, line in enumerate(lines):
        if _NEXT_PART.match(line):
            is_scrubbing = "scrubbed" in " ".join(lines[place + 1 : place + 3])
            continue
        is_scrubbing = is_scrubbing and bool(line.strip())
        if not is_scrubbing:
            out.append(line)
    return out


def _without_footer(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _LIST_FOOTER.match(line):
            return lines[: place - 1 if place and lines[place - 1].strip() == "--" else place]
        if _RULE.match(line) and _ABOUT_LIST.search(" ".join(lines[place + 1 : place + 4])):
            return lines[:place]
    return lines


# ---------------------------------------------------------------- what was answered


def _without_quoted_tail(lines: list[str], *, keeps: bool) -> list[str]:
    for place in range(len(lines)):
        if _begins_old_mail(lines, place):
            while place and (_RULE.match(lines[place - 1]) or not lines[place - 1].strip()):
                place -= 1
            return _unless_empty(lines[:place], lines, keeps)
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    if not any(map(_QUOTED.match, lines[end:])):
        return lines
    return _unless_empty(lines[: _attribution_start(lines, end)], lines, keeps)


def _begins_old_mail(lines: list[str], place: int) -> bool:
    """From here on it is an older mail, not marked line by line."""
    line = lines[place]
    if _ORIGINAL.match(line):
        return True
    header = _HEADER_LINE.match(line)
    if header and header[1] in _FROM:
        names = [found[1] for found in map(_HEADER_LINE.match, lines[place : place + 7]) if found]
        return len(names) >= 3 and not _SUBJECT.isdisjoint(names)
    if len(line) > 300 or not _WROTE.search(line) or not _HAS_WHEN_OR_WHO.search(line):
        return False
    return not any(map(_QUOTED.match, lines[place + 1 :]))


def _attribution_start(lines: list[str], end: int) -> int:
    """Where the words begin that introduce a quote which begins at `end`: "On … Ana wrote:"."""
    while end and not lines[end - 1].strip():
        end -= 1
    if not end or not lines[end - 1].rstrip().endswith((":", "：")):
        return end
    for start in range(end - 1, max(-1, end - 1 - _ATTRIBUTION_LINES), -1):
        if not lines[start].strip():
            break
        words = " ".join(lines[start:end])
        is_first = start == 0 or not lines[start - 1].strip()
        if is_first and len(words) < 300 and _HAS_WHEN_OR_WHO.search(words):
            return start
    last = lines[end - 1]
    return end - 1 if _WROTE.search(last) and _HAS_WHEN_OR_WHO.search(last) else end


def _unless_empty(cut: list[str], lines: list[str], keeps: bool) -> list[str]:
    return cut if not keeps or any(line.strip() for line in cut) else lines


# ---------------------------------------------------------------- what stands below every mail


def _without_signature(lines: list[str], *, keeps: bool) -> list[str]:
    if lines and _PHONE.match(lines[-1]):
        return lines[:-1]
    for place in range(len(lines) - 1, max(-1, len(lines) - _MOST_SIGNATURE_LINES - 2), -1):
        if lines[place].rstrip() == "--" or lines[place] == "-- ":
            return _unless_empty(lines[:place], lines, keeps)
    return lines


# ---------------------------------------------------------------- what is kept


def _apart(lines: list[str]) -> list[str]:
    """Quotes and answers as paragraphs of their own, and no addresses in what introduces them."""
    out: list[str] = []
    for place, line in enumerate(lines):
        is_quote = bool(_QUOTED.match(line))
        if out and out[-1].strip() and line.strip() and is_quote != bool(_QUOTED.match(out[-1])):
            out.append("")
        following = next((each for each in lines[place + 1 : place + 3] if each.strip()), "")
        if not is_quote and _QUOTED.match(following) and line.rstrip().endswith(":"):
            line = _BRACKETED_ADDRESS.sub("", line)
        out.append(line.lstrip() if is_quote else line)
    return out
