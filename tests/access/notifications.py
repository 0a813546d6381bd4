"""Who may open what in `notifications`."""

from tests.access.table import Row

ROWS: list[Row] = []
