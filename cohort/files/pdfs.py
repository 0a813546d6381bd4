"""PDFs with far more pages than anybody reads are made to keep machines busy."""

import re
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext_lazy as _

from cohort.files.looking import Buffer, find, find_all, pieces
from cohort.files.refusals import FileRefused
from cohort.limited import MB, Unfinished, run_limited

MOST_PAGES = 5_000
SECONDS = 1
MEMORY = 512 * MB  # of addresses; what it fills of them is a tenth
_COUNT = re.compile(rb"/Count\s{1,99}(\d{1,12})")
# A number that stands anywhere else, and names that are spelt in codes (ISO 32000 §7.3.5), too.
_PACKED = re.compile(rb"/ObjStm|/[A-Za-z]{0,127}#|/Count(?!\s{1,99}[-+]?\d)")


def refuse_endless(data: Buffer) -> None:
    """Raises FileRefused for a PDF of more than MOST_PAGES pages, or one that takes too long.

    A plain file says its numbers in plain words; where they are many, or packed, PDFium counts in a
    process of its own. What it cannot open is no bomb: its preview fails later, and no more.
    """
    told = max((int(found[1]) for found in find_all(_COUNT, data)), default=0)
    if told <= MOST_PAGES and not find(_PACKED, data):
        return
    if _opened(data) > MOST_PAGES:
        raise FileRefused(
            _("This PDF has more than %(most)s pages. Split it, so that each part can be found.")
            % {"most": MOST_PAGES}
        )


def _opened(data: Buffer) -> int:
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.writelines(pieces(data))
        file.flush()
        try:
            said = run_limited("cohort.pdf_pages", file.name, seconds=SECONDS, memory=MEMORY)
        except Unfinished as unfinished:
            return MOST_PAGES + 1 if unfinished.was_stopped else 0
    return int(said or 0)
