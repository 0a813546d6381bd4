import csv
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture
def bring(commons, tmp_path, themes):
    """Runs the command over these mails; gives what it said."""

    def run(*mails: bytes, **options) -> str:
        archive = tmp_path / "list.mbox"
        archive.write_bytes(b"".join(mails))
        said = StringIO()
        options = {"cohort": "spring", "space": "commons", **options}
        call_command("import_mbox", str(archive), stdout=said, **options)
        return said.getvalue()

    return run


@pytest.fixture
def rows(tmp_path, bring):
    """Runs the command and gives its report: for each mail the outcome, why, and notes."""

    def run(*mails: bytes, **options):
        bring(*mails, report=str(tmp_path / "report.csv"), **options)
        with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
            return [(row["outcome"], row["why"], row["notes"]) for row in csv.DictReader(file)]

    return run
