import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from cohort.csvs import download, safe_cell, write


@given(st.text())
def test_safe_cell_never_begins_a_formula(text):
    assert not safe_cell(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(exclude_characters="\x00\r")), min_size=2, max_size=2
        ),
        max_size=4,
    )
)
def test_write_keeps_every_cell(rows):
    read = list(csv.reader(io.StringIO(write(["a", "b"], rows), newline="")))

    assert read == [["a", "b"], *[[safe_cell(cell) for cell in row] for row in rows]]


def test_download_is_an_attachment_that_spreadsheets_read_as_utf_8():
    response = download("who.csv", ["name"], [["Zoë"], ["=1+1"], [None]])

    assert response.content.decode() == '\ufeffname\r\nZoë\r\n\'=1+1\r\n""\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="who.csv"'
