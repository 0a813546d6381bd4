"""Who may open what in `forums`."""

from tests.access.table import Row

ROWS: list[Row] = []
