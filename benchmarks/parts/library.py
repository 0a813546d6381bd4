"""The library's pages, its downloads and its uploads."""

import argparse

from benchmarks import shelf
from benchmarks.beside import multiple_of
from benchmarks.report import Report, pair
from benchmarks.world import World


def tell_shelf(world: World, options: argparse.Namespace, report: Report) -> None:
    report.say()
    report.say(f"The library with {shelf.RESOURCES:,} resources:")
    report.table("page", "CPU ms", "× reference", "p50 / p95 ms, alone", "p95 × reference alone")
    for row in shelf.measure(world, rounds=options.rounds, count=max(40, options.count // 2)):
        cpu, p95 = shelf.CPU_LIMIT.get(row.name), shelf.P95_LIMIT.get(row.name)
        report.row(
            row.name, f"{row.cpu_ms:.1f}",
            f"{row.ratio:.1f}" + (f" (limit {cpu:g})" if cpu else ""),
            f"{row.p50:.1f} / {row.p95:.1f}",
            f"{row.alone:.1f}" + (f" (limit {multiple_of(p95):.0f})" if p95 else ""),
        )  # fmt: skip
        report.missed += row.missed()


def tell_library(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import downloads

    report.table(
        f"{downloads.READERS} slow downloads", "page p50 / p95 ms before", "meanwhile", "×",
        "limit", "more memory, MiB", "CPU ms a second to give",
    )  # fmt: skip
    for row in downloads.measure(world, rounds=options.rounds):
        report.row(
            row.way, pair(row.alone), pair(row.beside), pair(row.ratios, 2),
            f"{downloads.LIMIT:g}", f"{row.grown_mib:.0f} (limit {downloads.GROWTH_MIB:g})",
            f"{row.giver_ms:.0f}",
        )  # fmt: skip
        if max(row.ratios) > downloads.LIMIT:
            report.missed.append(f"slow downloads, {row.way}: {pair(row.ratios, 2)} × the pages")
        if row.grown_mib > downloads.GROWTH_MIB:
            report.missed.append(f"slow downloads, {row.way}: {row.grown_mib:.0f} MiB more memory")
    _zip(world, report)
    _uploads(world, report)


def _zip(world: World, report: Report) -> None:
    from benchmarks import taking

    row = taking.measure_zip(world)
    report.say()
    report.say(
        f"A ZIP of {row.megabytes:,.0f} MB: its first byte after {row.begun * 1000:.0f} ms (limit "
        f"{taking.STARTS_WITHIN:g} s), all of it after {row.seconds:.0f} s, "
        f"{row.grown_mib:.0f} MiB more memory (limit {taking.ZIP_MIB:g})."
    )
    if row.begun > taking.STARTS_WITHIN or row.grown_mib > taking.ZIP_MIB:
        report.missed.append(f"ZIP: begun after {row.begun:.2f} s, {row.grown_mib:.0f} MiB more")


def _uploads(world: World, report: Report) -> None:
    from benchmarks import taking

    for row in taking.measure_uploads(world):
        report.say(
            f"A {row.kind} of {taking.UPLOAD_SIZE / 1e6:.0f} MB coming in, {row.seconds:.1f} s: "
            f"{row.grown_mib:.0f} MiB more memory of the worker (limit {taking.UPLOAD_MIB:g})."
        )
        if row.status != 302 or row.grown_mib > taking.UPLOAD_MIB:
            report.missed.append(f"upload, {row.kind}: {row.status}, {row.grown_mib:.0f} MiB")
