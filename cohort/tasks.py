"""What is done at night, whether anybody asks or not."""

from celery import shared_task

from cohort import file_checks


@shared_task
def check_files() -> None:
    file_checks.check()
