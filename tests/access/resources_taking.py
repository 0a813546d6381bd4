"""Who may take the library along.

302: leads back, as nothing was ticked or the list is empty; or to confirming who is there first,
which `tests/resources/test_taking.py` does.
"""

from tests.access import resources_lists as lists
from tests.access.table import Row, inside

TEAM = inside(404, mia=302, theo=302, fay=302)

ROWS: list[Row] = [
    Row("resources:collection_zip", "GET", inside(200), lists.shared_with_item, case="of all"),
    Row("resources:collection_zip", "HEAD", inside(200), lists.shared_with_item, case="of all"),
    Row("resources:collection_zip", "GET", TEAM, lists.teams, case="of a team"),
    Row("resources:collection_zip", "GET", inside(404, mia=302), lists.mias, case="of mia alone"),
    Row("resources:collection_zip", "POST", inside(405), lists.shared),
    Row("resources:selection_zip", "GET", inside(302)),
    Row("resources:selection_zip", "POST", inside(405)),
    Row("resources:library_take", "GET", inside(302)),
    Row("resources:library_take", "POST", inside(405)),
    Row("resources:library_zip", "GET", inside(405)),
    Row("resources:library_zip", "POST", inside(302)),
]
