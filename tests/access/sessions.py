"""Who may open what in `sessions`."""

from tests.access.table import Row

ROWS: list[Row] = []
