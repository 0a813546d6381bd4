"""Who may open what in `home`."""

from tests.access.table import Row

ROWS: list[Row] = []
