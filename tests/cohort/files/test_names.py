import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.files import clean_name
from cohort.files.types import PDF


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("MOU.pdf", "MOU.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\mia\\Desktop\\plan.PDF", "plan.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie- x=1.pdf"),
        ("re\u202eexe.pdf", "reexe.pdf"),
        ("a\u2066b\u2069c\ufeff.pdf", "abc.pdf"),
        ("tab\there\x00null.pdf", "tab herenull.pdf"),
        ("  spaced   out  .pdf", "spaced out.pdf"),
        ('what? <b>"x"|y*.pdf', "what- -b-x-y-.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.notes.pdf", "_LPT1.notes.pdf"),
        ("Vereinbarung Größe.pdf", "Vereinbarung Größe.pdf"),
        ("協定書.pdf", "協定書.pdf"),
        ("اتفاقية.pdf", "اتفاقية.pdf"),
        ("نامه\u200cها.pdf", "نامه\u200cها.pdf"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("👩\u200d🏫.pdf", "👩\u200d🏫.pdf"),
        ("trailing. . .pdf", "trailing.pdf"),
        ("x" * 500 + ".pdf", "x" * 176 + ".pdf"),
        ("語" * 500 + ".pdf", "語" * 58 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(given_name, cleaned):
    assert clean_name(given_name, PDF) == cleaned


@given(st.text())
def test_a_cleaned_name_is_safe_and_stays_as_it_is(name):
    cleaned = clean_name(name, PDF)

    assert cleaned.endswith(".pdf")
    assert not cleaned.startswith((".", " "))
    assert not set(cleaned) & set('/\\<>:"|?*\r\n\t\0\u202e\u2066')
    assert len(cleaned.encode()) <= 180
    assert clean_name(cleaned, PDF) == cleaned
