"""What is done by the clock, whether anybody asks or not."""

from celery import shared_task

from cohort import file_checks, late_scans

# So long one worker scans before mail has its turn again.
ROUND = 40  # seconds


@shared_task
def check_files() -> None:
    file_checks.check()


@shared_task
def scan_files() -> None:
    """Each minute: look at what came while the virus scanner was away."""
    late_scans.scan_due(ROUND)
