"""Who may open what in `facilitation`."""

from tests.access.table import Row

ROWS: list[Row] = []
