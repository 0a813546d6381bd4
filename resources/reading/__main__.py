import json
import sys
from pathlib import Path

from resources.reading import office, pdf, plain
from resources.reading.found import Found

READERS = [
    ("application/pdf", pdf.read),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", office.read_word),
    ("application/vnd.openxmlformats-officedocument.presentationml", office.read_slides),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", office.read_workbook),
    ("application/vnd.oasis.opendocument", office.read_open_document),
    ("image/", plain.read_picture),
    ("text/csv", plain.read_csv),
    ("text/", plain.read_text),
    ("application/x-subrip", plain.read_text),
]


def main(path: str, content_type: str, folder: str) -> None:
    found = Found(Path(folder))
    for start, read in READERS:
        if content_type.startswith(start):
            read(Path(path), found)
            break
    written = json.dumps(found.as_dict())
    (found.folder / "contents.json").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
