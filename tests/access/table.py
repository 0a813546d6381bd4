"""How the access table is written.

A `Row` says, for one route and method, what each of the cast gets. Rows live beside their app's
name in this package; `tests/test_access.py` tries them all and fails for a route without a row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.conftest import Cast

# Everybody who may ask. `staff` has Django's admin and no cohort.
ACTORS = (
    "anonymous",
    "outsider",
    "olga",
    "gone",
    "staff",
    "obi",
    "mia",
    "theo",
    "tia",
    "fay",
)
SIGN_IN = "sign-in"  # a redirect to the sign-in page
STRANGERS = ("outsider", "olga", "gone", "staff")


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    expect: dict[str, int | str]
    # The world the row is tried in, made for each actor anew: returns the route's arguments.
    args: Callable[[Cast], dict[str, Any]] = lambda cast: {"cohort_slug": cast.cohort.slug}
    data: Callable[[Cast], dict[str, Any]] = lambda cast: {}
    case: str = field(default="")

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.route, self.case)))


def alike(routes: Iterable[str], *rows: Row) -> list[Row]:
    """The same rows for each of several routes."""
    return [replace(row, route=route) for route in routes for row in rows]


def inside(
    everyone: int | None = None,
    *,
    obi: int | None = None,
    mia: int | None = None,
    theo: int | None = None,
    tia: int | None = None,
    fay: int | None = None,
) -> dict[str, int | str]:
    """For a route inside a cohort: strangers get 404, the anonymous the sign-in page.

    `everyone` holds for each member not named otherwise.
    """
    named = {"obi": obi, "mia": mia, "theo": theo, "tia": tia, "fay": fay}
    expect: dict[str, int | str] = {"anonymous": SIGN_IN, **dict.fromkeys(STRANGERS, 404)}
    for name, status in named.items():
        answer = everyone if status is None else status
        assert answer is not None, f"say what {name} gets"
        expect[name] = answer
    return expect


def writers(status: int) -> dict[str, int | str]:
    """Members of every kind may, observers may not."""
    return inside(status, obi=403)


def facilitators(status: int) -> dict[str, int | str]:
    return inside(403, fay=status)


def signed_in(status: int) -> dict[str, int | str]:
    """Anybody with an account."""
    return {name: SIGN_IN if name == "anonymous" else status for name in ACTORS}


def anybody(status: int) -> dict[str, int | str]:
    return dict.fromkeys(ACTORS, status)
