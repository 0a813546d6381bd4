"""The outbox, the edition, and a mailing list's archive."""

import argparse

from benchmarks.report import Report
from benchmarks.world import World


def tell_mail(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import mail, mail_worker

    row = mail.measure(world, rounds=options.rounds)
    share = {name: getattr(row, name) / row.bare for name in ("bulk", "single", "composed")}
    report.say()
    report.say(
        f"Outbox, {row.mails} mails, {mail_worker.WORKERS} workers, beside a bare loop that sends "
        f"the same bytes to the same server ({row.bare:.0f} a second): prepared ones in groups at "
        f"{row.bulk:.0f} a second, {share['bulk']:.2f} of it (limit {mail.LEAST:g}); one by one at "
        f"{row.single:.0f}, {share['single']:.2f}; reminders composed for each reader at "
        f"{row.composed:.0f}, {share['composed']:.2f}."
    )
    if share["bulk"] < mail.LEAST:
        report.missed.append(f"outbox: {share['bulk']:.2f} of a bare loop's rate")


def tell_edition(_world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import edition, mail_worker

    report.table(
        "editions", "sent", "s to plan", "s to send", "ms each", "queries each", "MiB a worker"
    )
    rows = [edition.measure(cohorts) for cohorts in (options.cohorts, 2 * options.cohorts)]
    for row in rows:
        report.row(
            f"{row.members:,}", f"{row.sent:,}", f"{row.plan_seconds:.1f}", f"{row.seconds:.0f}",
            f"{row.ms_each:.1f} (limit {edition.MS:g})",
            f"{row.queries_each:.2f} (limit {edition.QUERIES:g})",
            f"{row.worker_mib:.0f} (limit {edition.MIB:g})",
        )  # fmt: skip
        if row.ms_each > edition.MS:
            report.missed.append(f"edition: {row.ms_each:.1f} ms for each of {row.members:,}")
        if row.queries_each > edition.QUERIES:
            report.missed.append(f"edition: {row.queries_each:.2f} queries for each member")
        if row.worker_mib > edition.MIB:
            report.missed.append(f"edition: a worker used {row.worker_mib:.0f} MiB")
    growth = rows[1].seconds / rows[0].seconds
    report.say()
    report.say(
        f"Twice as many took {growth:.2f} × as long (limit {edition.GROWTH:g}), with "
        f"{mail_worker.WORKERS} workers."
    )
    if growth > edition.GROWTH:
        report.missed.append(f"edition: twice as many took {growth:.2f} × as long")


def tell_import(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import imports

    row = imports.measure(world)
    report.say()
    report.say(
        f"A mailing list's archive: {row.mails:,} mails, {row.posts:,} posts of them, in "
        f"{row.seconds:.0f} s (limit {imports.LONGEST:g})."
    )
    if row.seconds > imports.LONGEST:
        report.missed.append(f"import of {row.mails:,} mails: {row.seconds:.0f} s")
