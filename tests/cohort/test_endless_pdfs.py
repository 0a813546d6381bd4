import time

import pytest
from django.core.files.base import ContentFile

from cohort.files import FileRefused, check_upload
from tests import made_files as made


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_with_a_hundred_thousand_pages_is_refused_at_once(packed):
    began = time.process_time()
    with pytest.raises(FileRefused, match="more than 5000 pages"):
        check_upload(ContentFile(made.endless_pdf(packed=packed), "plan.pdf"))
    assert time.process_time() - began < 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_long_report_is_taken(packed):
    assert check_upload(ContentFile(made.endless_pdf(400, packed=packed), "a.pdf")).name == "a.pdf"


def test_a_pdf_that_cannot_be_opened_is_no_bomb():
    checked = check_upload(ContentFile(b"%PDF-1.7\n1 0 obj<</Type/ObjStm>>", "a.pdf"))
    assert checked.content_type == "application/pdf"
