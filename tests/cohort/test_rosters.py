from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.models import Role, Sector
from cohort.rosters import COLUMNS, MAX_BYTES, MAX_ROWS, parse
from cohort.tables import UnreadableTable

DATA = Path(__file__).parent / "data"
HEADER = "team,name,email,role,organization,sector"


def reasons(line: str, header: str = HEADER) -> tuple[str, ...]:
    return parse(f"{header}\n{line}\n".encode())[0].reasons


def test_parse_reads_a_good_roster():
    rows = parse((DATA / "roster.csv").read_bytes())

    assert [row.reasons for row in rows] == [()] * 5
    lucia, *_others, gloria, tara = rows
    assert (lucia.team, lucia.place, lucia.state, lucia.setting) == (
        "Harbor",
        "Harbor City",
        "MD",
        "urban",
    )
    assert (lucia.name, lucia.role, lucia.sector, lucia.time_zone) == (
        "Lucía Tran",
        Role.TEAM_LEAD,
        Sector.BACKBONE,
        "America/New_York",
    )
    assert rows[2].title == "Director, talent"
    assert (gloria.role, gloria.sector, gloria.team) == (Role.FACILITATOR, Sector.NONPROFIT, "")
    assert (tara.role, tara.sector, tara.time_zone) == (Role.OBSERVER, Sector.FUNDER, "")


def test_parse_says_what_is_wrong_with_each_row_of_a_messy_roster():
    rows = parse((DATA / "roster-messy.csv").read_bytes())

    assert [(row.line, row.reasons) for row in rows] == [
        (2, ()),
        (3, ("The same address is already on line 2.",)),
        (4, ("“not-an-address” is not a mail address.",)),
        (5, ("We know no sector called “startup”.",)),
        (6, ("“Eastern” is not a time zone we know; they look like America/Chicago.",)),
        (7, ("We know no role called “boss”.",)),
        (8, ()),
        (9, ('The name begins like a formula: “=HYPERLINK("https://example.org","click"”.',)),
        (10, ("The team is missing.",)),
        (11, ("The address is missing.",)),
    ]
    assert (rows[6].name, rows[6].state) == ("Grace Vargas", "MD")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_parse_reads_what_spreadsheets_write(encoding, delimiter, newline):
    text = newline.join(
        delimiter.join(cells)
        for cells in (["E-Mail", "NAME", "Team"], ["zoe@example.org", "Zoë", "Río"], ["", "", ""])
    )

    rows = parse(text.encode(encoding))

    assert [(row.email, row.name, row.team, row.reasons) for row in rows] == [
        ("zoe@example.org", "Zoë", "Río", ())
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
@pytest.mark.parametrize("column", ["name", "team", "organization", "title"])
def test_parse_refuses_cells_that_a_spreadsheet_would_run(start, column):
    cells = {"team": "Harbor", "name": "Mia", "email": "mia@example.org", "title": "", "sector": ""}
    cells["organization"], cells["sector"] = "Bay", "industry"
    cells[column] = f"{start}1+1"

    (row,) = parse(f"{','.join(cells)}\n{','.join(cells.values())}".encode())

    assert any(f"The {column} begins like a formula" in reason for reason in row.reasons)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Harbor,,a@example.org,,,", ("The name is missing.",)),
        (f"Harbor,{'x' * 121},a@example.org,,,", ("The name is longer than 120 characters.",)),
        (
            "Harbor,A,a@example.org,facilitator,,",
            ("Facilitators and observers belong to no team.",),
        ),
        ("Harbor,A,a@example.org,,Bay,", ("The sector of the organization is missing.",)),
        (
            "Harbor,A,a@example.org,,,industry",
            ("There is a sector, and no organization that it belongs to.",),
        ),
        ("Harbor,A,a@example.org,,,,more", ("There are more cells than columns.",)),
        (
            'Harbor,"A\nB",a@example.org,,,',
            ("The name has a line break or another control character in it.",),
        ),
        ("Harbor,A,a@example.org,Team_Lead,Bay,MAYOR’S OFFICE FOR WORKFORCE DEVELOPMENT", ()),
    ],
)
def test_parse_refuses_what_makes_no_sense(line, expected):
    assert reasons(line) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in it."),
        (b" \r\n\r\n", "There is nothing in it."),
        (b"name,email\n", "nobody below it"),
        (b"name,place\nMia,Here\n", "none called email"),
        (b"name,email,E-Mail\n", "two columns called email"),
        (b"x" * (MAX_BYTES + 1), "larger than 2 MB"),
        (b"name,email\n" + b"a,b\n" * (MAX_ROWS + 1), "more than 2000 people"),
        (b"\xff\xfe\x00", "cannot read this file as text"),
        (b'name,email\n"' + b"x" * 200_000, "cannot be read as a table"),
    ],
)
def test_parse_says_why_a_whole_file_cannot_be_used(content, words):
    with pytest.raises(UnreadableTable, match=words):
        parse(content)


def test_parse_sees_one_address_in_its_many_spellings():
    rows = parse("name,email,team\nA,Zoe@Exämple.org,T\nB,zoe@xn--exmple-cua.org,T\n".encode())

    assert rows[1].reasons[-1] == "The same address is already on line 2."


@given(st.binary(max_size=2000))
def test_parse_never_falls_over_bytes(content):
    try:
        rows = parse(content)
    except UnreadableTable:
        return
    assert rows


@given(
    st.lists(
        st.lists(st.text(max_size=40), min_size=len(COLUMNS), max_size=len(COLUMNS)),
        min_size=1,
        max_size=5,
    )
)
def test_parse_never_lets_a_formula_or_a_control_character_through(table):
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *table])
    try:
        rows = parse(out.getvalue().encode("utf-8", "surrogatepass"))
    except UnreadableTable:
        return
    for row in rows:
        if row.reasons:
            continue
        texts = [row.team, row.place, row.organization, row.name, row.email, row.title]
        assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
        assert not [text for text in texts if any(ord(c) < 32 for c in text)]
        assert row.name
        assert "@" in row.email
