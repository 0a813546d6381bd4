"""The library to take along: what one may see as a ZIP, with an index and a table of it."""

from resources.taking.answer import zip_answer

__all__ = ["zip_answer"]
