"""Whether a program wrote a mail: such mails are answered by nobody, so that no loop begins."""

import re

from notifications.inbound.letters import Letter

_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
# X-Auto-Response-Suppress is no sign: Exchange puts it on what people write.
_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-mail-autoreply", "list-id",
            "feedback-id", "x-failed-recipients")  # fmt: skip
_ROBOTS = re.compile(
    r"(?:mailer-daemon|postmaster|(?:do-?)?no-?reply|donotreply|bounces?|auto-?reply)(?:[+-].*)?@",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\s*(?:re:\s*)?(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office"
    r"|i am (?:currently )?(?:out of|away from) (?:the )?office|vacation (?:reply|response)"
    r"|(?:automatische|automatisk) (?:antwort|svar)|abwesenheits(?:notiz|nachricht)"
    r"|respuesta autom[aá]tica|fuera de (?:la )?oficina|r[eé]ponse automatique"
    r"|absen(?:t|ce) du bureau"
    r"|resposta autom[aá]tica|risposta automatica|automatisch antwoord|afwezig)\b",
    re.IGNORECASE,
)


def is_automatic(letter: Letter, envelope_sender: str | None) -> bool:
    """By RFC 3834 §5, and by what programs do that do not know it."""
    submitted = letter.text("auto-submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    return (
        has_no_sender(letter, envelope_sender)
        or letter.text("precedence").lower() in _PRECEDENCE
        or letter.text("content-type").lower().startswith("multipart/report")
        or any(name in letter.fields for name in _HEADERS)
        or any(name.startswith("list-") for name in letter.fields)
        or bool(_ROBOTS.match(letter.author))
        or bool(_ABSENT.match(letter.subject))
    )


def has_no_sender(letter: Letter, envelope_sender: str | None) -> bool:
    """The empty envelope sender of reports and answers that want no answer (RFC 5321 §4.5.5)."""
    if envelope_sender is not None and envelope_sender in ("", "<>"):
        return True
    return letter.text("return-path").strip() == "<>"
