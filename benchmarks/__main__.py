"""`make bench`: measure, print, and with --write keep the figures in docs/performance.md."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import shelf
from benchmarks.beside import multiple_of
from benchmarks.chat import ChatFigures
from benchmarks.measure import median, memory_mib
from benchmarks.servers import free_port, socket_server
from benchmarks.world import World, prepare, settle_environment

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


class Report:
    """What was measured, printed as it comes, and which limits were missed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.missed: list[str] = []

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self.lines.append(line)

    def table(self, *columns: str) -> None:
        self.say()
        self.row(*columns)
        self.row(*("---" for _column in columns))

    def row(self, *cells: str) -> None:
        self.say(f"| {' | '.join(cells)} |")


def main() -> int:
    options = _options()
    settle_environment()
    report = Report()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    world = prepare(
        people=options.people,
        threads=options.threads,
        posts=options.posts,
        messages=options.messages,
        resources=shelf.RESOURCES if "shelf" in options.only else 0,
    )
    report.say(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{psutil.cpu_count()} cores, load {load} at the start; {options.threads:,} threads, "
        f"{options.posts:,} posts, {options.people:,} people; {options.rounds} rounds, medians."
    )
    for part in options.only:
        {**PARTS, **LONG_PARTS}[part](world, options, report)
    if options.write:
        _write(report.lines)
    for line in report.missed:
        print(f"Missed: {line}", file=sys.stderr)
    return 1 if report.missed else 0


def _pages(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import pages

    figures, memory = pages.measure(world, rounds=options.rounds, count=options.count)
    report.table(
        "page", "CPU ms", "× reference", "limit", "requests/s", "p50 / p95 ms, alone",
        "× reference alone", "limit", "p99 ms, 16 at once",
    )  # fmt: skip
    for row in figures:
        limit, longest = pages.LIMITS.get(row.name), pages.LONGEST.get(row.name)
        report.row(
            row.name, f"{row.cpu_ms:.1f}", f"{row.ratio:.1f}", f"{limit:g}" if limit else "",
            f"{row.per_second:.0f}", f"{row.p50:.1f} / {row.p95:.1f}",
            f"{row.alone:.1f}", f"{multiple_of(longest):.1f}" if longest else "", f"{row.p99:.0f}",
        )  # fmt: skip
        report.missed += row.missed()
    one_more, long = pages.of_posts(figures)
    report.say()
    report.say(
        f"One more post: {one_more:.2f} CPU ms (limit {pages.POST_LIMIT_MS}). The dearest page of "
        f"1,000 posts: {long:.2f} × that of 50 (limit {pages.LONG_LIMIT})."
    )
    if one_more > pages.POST_LIMIT_MS:
        report.missed.append(f"one more post: {one_more:.2f} CPU ms")
    if long > pages.LONG_LIMIT:
        report.missed.append(f"a page of 1,000 posts: {long:.2f} × that of 50")
    report.say(f"Memory of the page server, MiB: {_list(memory)}")
    for name, path in (
        ("home", f"/c/{world.slug}/"),
        ("thread of 50 posts", f"/c/{world.slug}/discussions/{world.thread_50}/"),
    ):
        view = pages.first_view(world, path)
        report.say(
            f"First view of {name}: {view.requests} requests, {view.wire_kb:.0f} KB on the wire "
            f"({view.script_kb:.0f} KB script, {view.html_kb:.1f} KB HTML), {view.nodes} elements."
        )


def _replies(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import replies

    row = replies.measure(world, count=max(20, options.count // 4))
    report.say()
    report.say(
        f"Reply until answered, p50 / p95 ms: {row.alone.p50:.1f} / {row.alone.p95:.1f} with one "
        f"follower, {row.crowd.p50:.1f} / {row.crowd.p95:.1f} with {row.followers:,}; "
        f"{row.times_alone:.1f} and {row.times_crowd:.1f} × the reference page alone (limit "
        f"{multiple_of(replies.LONGEST):.1f}). Who hears of it by mail is decided after the "
        f"answer, by the beat: {row.decided_in:.1f} s for {row.followers:,} followers, "
        f"{row.deliveries:,} mails."
    )
    if max(row.times_alone, row.times_crowd) > multiple_of(replies.LONGEST):
        report.missed.append("reply until answered")


def _growth(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import pages

    small, _memory = pages.measure(world, rounds=options.rounds, count=options.count)
    large_world = prepare(people=1_000, threads=100_000, posts=1_000_000, messages=1_000)
    large, _memory = pages.measure(large_world, rounds=options.rounds, count=options.count)
    report.say()
    report.say("The same pages among 100,000 threads and 1,000,000 posts:")
    report.table("page", "× reference before", "after", "growth", "p95 ms, alone")
    for before, after in zip(small[1:], large[1:], strict=True):
        growth = after.ratio / before.ratio
        report.row(
            after.name, f"{before.ratio:.1f}", f"{after.ratio:.1f}", f"{growth:.2f}",
            f"{after.p95:.0f}",
        )  # fmt: skip
        if after.name in (pages.COMMON, pages.RARE):
            if after.p95 > pages.SEARCH_AT_SCALE_MS:
                report.missed.append(f"{after.name} at scale: p95 {after.p95:.0f} ms")
        elif "thread" in after.name and growth > pages.GROWTH_LIMIT:
            report.missed.append(f"{after.name} at scale: {growth:.2f} × the cost")


CHAT_COLUMNS = (
    "sockets", "processes", "lines/s", "last one, p50 / p99 ms", "ack p50 / p95 ms",
    "CPU ms a line", "bare broadcast, p50 / p99 ms", "CPU ms a line", "× bare, p50 / p99",
)  # fmt: skip


def _chat(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import chat

    report.table(*CHAT_COLUMNS)
    rows = [
        chat.measure(world, sockets, lines=options.lines, per_second=10)
        for sockets in options.sockets
    ]
    for row in rows:
        _chat_row(row, report)
    largest = max(rows, key=lambda row: row.sockets)
    if largest.last_p99 > chat.LAST_MS or largest.ack_p95 > chat.ACK_MS:
        report.missed.append(
            f"chat, {largest.sockets:,} sockets: last {largest.last_p99:.0f} ms (limit "
            f"{chat.LAST_MS}), ack {largest.ack_p95:.0f} ms (limit {chat.ACK_MS})"
        )
    port = free_port()
    with socket_server(port) as server:
        memory = memory_mib(server)
    report.say()
    report.say(f"Memory of the socket server when idle, MiB: {_list(memory)}")


def _chat_row(row: ChatFigures, report: Report) -> None:
    report.row(
        f"{row.sockets:,}", str(row.processes), f"{row.per_second:g}",
        f"{row.last_p50:.0f} / {row.last_p99:.0f}", f"{row.ack_p50:.0f} / {row.ack_p95:.0f}",
        f"{row.cpu_ms:.1f}", f"{row.bare_p50:.0f} / {row.bare_p99:.0f}", f"{row.bare_cpu_ms:.1f}",
        f"{row.ratio:.1f} / {row.ratio_p99:.1f}",
    )  # fmt: skip
    report.missed += row.missed()


def _shelf(world: World, options: argparse.Namespace, report: Report) -> None:
    report.say()
    report.say(f"The library with {shelf.RESOURCES:,} resources:")
    report.table("page", "CPU ms", "× reference", "p50 / p95 ms, alone", "p95 × reference alone")
    for row in shelf.measure(world, rounds=options.rounds, count=max(40, options.count // 2)):
        cpu, p95 = shelf.CPU_LIMIT.get(row.name), multiple_of(shelf.P95_LIMIT[row.name])
        report.row(
            row.name, f"{row.cpu_ms:.1f}",
            f"{row.ratio:.1f}" + (f" (limit {cpu:g})" if cpu else ""),
            f"{row.p50:.1f} / {row.p95:.1f}", f"{row.alone:.1f} (limit {p95:.0f})",
        )  # fmt: skip
        report.missed += row.missed()


def _rooms(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import rooms

    row = rooms.measure(world)
    report.say()
    report.say(
        f"A room's page with {rooms.FEW} lines said: {row.few_ms:.1f} CPU ms; with {rooms.MANY:,}: "
        f"{row.many_ms:.1f}, {row.growth:.2f} × as much (limit {rooms.OPENING_LIMIT}). "
        f"{rooms.STORM} people coming within {rooms.STORM_SECONDS:g} s: pages p50 / p95 "
        f"{row.storm_p50:.0f} / {row.storm_p95:.0f} ms (limit {rooms.STORM_LIMIT:g}), sockets p95 "
        f"{row.socket_p95:.0f} ms."
    )
    if row.growth > rooms.OPENING_LIMIT:
        report.missed.append(f"a room with {rooms.MANY:,} lines: {row.growth:.2f} × the page")
    if row.storm_p95 > rooms.STORM_LIMIT or row.refused:
        report.missed.append(f"joining storm: {row.storm_p95:.0f} ms, {row.refused} refused")


def _crowd(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import crowd

    report.table(
        "sockets", "processes", "lines/s said", "lines/s carried", "last one, p50 / p99 ms",
        "ack p95 ms", "CPU ms a line", "sockets gone wrong",
    )  # fmt: skip
    ceilings: dict[int, list[float]] = {1: [], 2: []}
    for _round in range(options.rounds):
        for processes, found in ceilings.items():
            steps = crowd.measure(world, options.people, processes)
            found.append(max(step.carried for step in steps))
            for step in steps:
                report.row(
                    f"{options.people:,}", str(processes), f"{step.per_second:g}",
                    f"{step.carried:.1f}", _pair((step.last_p50, step.last_p99)),
                    f"{step.ack_p95:.0f}", f"{step.cpu_ms:.1f}", str(step.wrong),
                )  # fmt: skip
                if step.wrong:
                    report.missed.append(f"crowd, {processes} processes: {step.wrong} sockets")
    one, two = (median(found) for found in ceilings.values())
    report.say()
    report.say(
        f"One process carries up to {one:.0f} lines a second to {options.people:,} sockets, two "
        f"carry {two:.0f}: {two / one:.2f} × as many (at least {crowd.GAIN:g})."
    )
    if two / one < crowd.GAIN:
        report.missed.append(f"a second socket process: {two / one:.2f} × the lines")


def _mail(world: World, options: argparse.Namespace, report: Report) -> None:
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


def _import(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import imports

    row = imports.measure(world)
    report.say()
    report.say(
        f"A mailing list's archive: {row.mails:,} mails, {row.posts:,} posts of them, in "
        f"{row.seconds:.0f} s (limit {imports.LONGEST:g})."
    )
    if row.seconds > imports.LONGEST:
        report.missed.append(f"import of {row.mails:,} mails: {row.seconds:.0f} s")


def _edition(_world: World, options: argparse.Namespace, report: Report) -> None:
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


def _library(world: World, options: argparse.Namespace, report: Report) -> None:
    from benchmarks import downloads

    report.table(
        f"{downloads.READERS} slow downloads", "page p50 / p95 ms before", "meanwhile", "×",
        "limit", "more memory, MiB", "CPU ms a second to give",
    )  # fmt: skip
    for row in downloads.measure(world, rounds=options.rounds):
        report.row(
            row.way, _pair(row.alone), _pair(row.beside), _pair(row.ratios, 2),
            f"{downloads.LIMIT:g}", f"{row.grown_mib:.0f} (limit {downloads.GROWTH_MIB:g})",
            f"{row.giver_ms:.0f}",
        )  # fmt: skip
        if max(row.ratios) > downloads.LIMIT:
            report.missed.append(f"slow downloads, {row.way}: {_pair(row.ratios, 2)} × the pages")
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


# The import comes last: it adds to the data that the others measure.
PARTS = {
    "pages": _pages, "replies": _replies, "chat": _chat, "rooms": _rooms, "mail": _mail,
    "edition": _edition, "shelf": _shelf, "library": _library, "import": _import,
}  # fmt: skip
# Takes minutes, and leaves the large data behind: only when asked for.
# The crowd wants `--people 3000`.
LONG_PARTS = {"growth": _growth, "crowd": _crowd}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=18_610)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=160, help="requests in a burst")
    parser.add_argument("--lines", type=int, default=200, help="chat lines")
    parser.add_argument("--sockets", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--cohorts", type=int, default=100, help="of 100 readers of an edition")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, *LONG_PARTS], default=list(PARTS))
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {PAGE}")
    return parser.parse_args()


def _pair(values: tuple[float, float], digits: int = 0) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


def _write(lines: list[str]) -> None:
    page = PAGE.read_text()
    head, rest = page.split(BEGIN)
    _old, tail = rest.split(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
