"""Bytes to text, whatever charset they claim. Nothing here raises."""

import base64
import binascii
import codecs
import quopri
import re

# Charsets that mails name and that mean a little more than their name says.
_WIDER = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "unicode-1-1-utf-7": "utf-7",
}
# Codecs that are no charsets of mails, or that run long on made-up input.
_NO_CHARSETS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_BETWEEN_WORDS = re.compile(rb"(\?=)\s+(=\?)")


def to_text(data: bytes, charset: str = "") -> str:
    """The text of some bytes. The claimed charset is believed unless the bytes tell better.

    Bytes that are UTF-8 by their form are read as such where a claim is missing, unknown or of a
    charset that takes any byte.
    """
    claimed = charset.strip().strip("\"'").lower().partition("*")[0]
    codec = _codec(_WIDER.get(claimed, claimed))
    takes_anything = codec is None or codec.startswith(("cp125", "iso8859", "koi8", "mac"))
    tried = ["utf-8", codec] if takes_anything else [codec]
    for name in filter(None, tried):
        try:
            return clean(data.decode(name))
        except (UnicodeError, ValueError):
            continue
    text = data.decode(codec or "cp1252", errors="replace")
    if codec == "utf-8" and text.replace("\ufffd", "").isascii():
        # Not one character of it was UTF-8.
        text = data.decode("cp1252", errors="replace")
    return clean(text)


def _codec(charset: str) -> str | None:
    try:
        found = codecs.lookup(charset)
    except (LookupError, ValueError, UnicodeError):
        return None
    is_text: bool = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in _NO_CHARSETS else None


def clean(text: str) -> str:
    """Without controls and halves of characters, which no database takes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def header_text(value: bytes) -> str:
    """A header on one line, its encoded words (RFC 2047) read as far as they can be.

    Words that follow each other in one charset are put together first: some mailers cut
    characters in two.
    """
    value = _BETWEEN_WORDS.sub(rb"\1\2", value)
    parts: list[tuple[str, bytes]] = []
    place = 0
    for word in _ENCODED_WORD.finditer(value):
        charset = word[1].decode("ascii", "replace").lower()
        if between := value[place : word.start()]:
            parts.append(("", between))
        place = word.end()
        data = _word_bytes(word[2].lower(), word[3])
        if parts and parts[-1][0] == charset:
            parts[-1] = (charset, parts[-1][1] + data)
        else:
            parts.append((charset, data))
    parts.append(("", value[place:]))
    return " ".join("".join(to_text(data, charset) for charset, data in parts).split())


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding == b"q":
        return quopri.decodestring(text, header=True)
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return text
