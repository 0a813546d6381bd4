"""Who may take the library along.

302: leads back to the list, as nothing was ticked; or to confirming who is there first, which
`tests/resources/test_taking.py` does.
"""

from tests.access.table import Row, inside

ROWS: list[Row] = [
    Row("resources:selection_zip", "GET", inside(302)),
    Row("resources:selection_zip", "POST", inside(405)),
    Row("resources:library_take", "GET", inside(302)),
    Row("resources:library_take", "POST", inside(405)),
    Row("resources:library_zip", "GET", inside(405)),
    Row("resources:library_zip", "POST", inside(302)),
]
