"""The live room: its lines, its page, and a crowd in it."""

import argparse

from benchmarks.chat import ChatFigures
from benchmarks.measure import median, memory_mib
from benchmarks.report import Report, listed, pair
from benchmarks.servers import free_port, socket_server
from benchmarks.world import World

CHAT_COLUMNS = (
    "sockets", "processes", "lines/s", "last one, p50 / p99 ms", "ack p50 / p95 ms",
    "CPU ms a line", "bare broadcast, p50 / p99 ms", "CPU ms a line", "× bare, p50 / p99",
)  # fmt: skip


def tell_chat(world: World, options: argparse.Namespace, report: Report) -> None:
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
    report.say(f"Memory of the socket server when idle, MiB: {listed(memory)}")


def _chat_row(row: ChatFigures, report: Report) -> None:
    report.row(
        f"{row.sockets:,}", str(row.processes), f"{row.per_second:g}",
        f"{row.last_p50:.0f} / {row.last_p99:.0f}", f"{row.ack_p50:.0f} / {row.ack_p95:.0f}",
        f"{row.cpu_ms:.1f}", f"{row.bare_p50:.0f} / {row.bare_p99:.0f}", f"{row.bare_cpu_ms:.1f}",
        f"{row.ratio:.1f} / {row.ratio_p99:.1f}",
    )  # fmt: skip
    report.missed += row.missed()


def tell_rooms(world: World, options: argparse.Namespace, report: Report) -> None:
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


def tell_crowd(world: World, options: argparse.Namespace, report: Report) -> None:
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
                    f"{step.carried:.1f}", pair((step.last_p50, step.last_p99)),
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
