"""Prints how many pages a PDF has. Run by `cohort.limited`; see `cohort.files.pdfs`."""

import sys

import pypdfium2


def main(path: str) -> None:
    print(len(pypdfium2.PdfDocument(path)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
