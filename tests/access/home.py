"""Who may open what in `home`."""

from tests.access.table import Row, inside, signed_in

ROWS: list[Row] = [
    # Who is in one cohort is led there; who is in none, or in several, gets a page.
    Row(
        "home:start",
        "GET",
        {**signed_in(302), "outsider": 200, "gone": 200, "staff": 200},
        args=lambda cast: {},
    ),
    Row("home:start", "POST", signed_in(405), args=lambda cast: {}),
    Row("home:home", "GET", inside(200)),
    Row("home:home", "POST", inside(405)),
    Row("home:year", "GET", inside(200)),
    Row("home:year", "POST", inside(405)),
    Row("home:search", "GET", inside(200)),
    Row("home:search", "POST", inside(405)),
    Row("home:name_list", "GET", inside(200)),
    Row("home:name_list", "POST", inside(405)),
    Row(
        "home:theme_detail",
        "GET",
        inside(200),
        args=lambda cast: {"cohort_slug": cast.cohort.slug, "theme_slug": "drivers"},
    ),
    Row(
        "home:theme_detail",
        "POST",
        inside(405),
        args=lambda cast: {"cohort_slug": cast.cohort.slug, "theme_slug": "drivers"},
    ),
    # Everybody in the cast has agreed to the norms: the welcome leads them on.
    Row("home:welcome", "GET", inside(302)),
    Row("home:welcome", "POST", inside(302)),
]
