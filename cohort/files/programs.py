"""Programs: what runs when it is opened is taken nowhere, not even as a download."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from cohort.files.looking import Buffer
from cohort.files.refusals import FileRefused

# What they begin with: Windows, Linux, macOS (for one kind of processor or several; Java's classes
# begin as the latter do), scripts, links of Windows, WebAssembly, Android's DEX.
_STARTS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf", b"#!", b"\xef\xbb\xbf#!",
    b"L\0\0\0\x01\x14\x02\0", b"\0asm", b"dex\n",
)  # fmt: skip
# A disk image of macOS says so in its last 512 bytes.
_DISK_IMAGE = b"koly"
# What no content tells, and systems run by its name alone.
_NAMES = re.compile(
    r"apk|app|appimage|bat|chm|cmd|com|command|cpl|deb|dll|dmg|exe|gadget|hta|inf|iso|jar|js|jse|"
    r"lnk|msc|msi|msix|msp|pif|pkg|ps1|psm1|py|pyw|rb|reg|rpm|scf|scr|sh|swf|url|vb|vbe|vbs|"
    r"webloc|workflow|ws|wsf|wsh|xll"
)


def refuse_programs(data: Buffer, extension: str) -> None:
    """Raises FileRefused for what is a program by its content or its name."""
    head = bytes(data[:16])
    is_image = bytes(data[-512:])[:4] == _DISK_IMAGE
    if head.startswith(_STARTS) or is_image or _NAMES.fullmatch(extension):
        raise FileRefused(_words())


def _words() -> Any:
    return _(
        "This is a program, or starts one when it is opened, so we do not take it. Say where it "
        "comes from instead: add the link to its maker’s page."
    )
