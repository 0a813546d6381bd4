"""Who may open what in `resources`."""

from tests.access.table import Row

ROWS: list[Row] = []
