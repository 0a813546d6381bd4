"""Who may open what in `cohort`."""

from tests.access.table import Row

ROWS: list[Row] = []
