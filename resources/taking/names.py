"""Paths inside an archive: readable, unpackable anywhere, each once."""

from cohort.files.names import clean_folder


class Names:
    """Gives `Slides/plan.pdf`, then `Slides/plan (2).pdf` to the next of that name."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, folder: str, name: str) -> str:
        """The path for a file of a cleaned name; names that differ only by case differ by number,
        as some file systems take them for one."""
        folder = clean_folder(folder)
        stem, dot, extension = name.rpartition(".")
        path, number = f"{folder}/{name}", 1
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{stem} ({number}){dot}{extension}"
        self._given.add(path.casefold())
        return path
