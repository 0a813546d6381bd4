"""Pages, replies, and the same pages among a hundred times as much."""

import argparse

from benchmarks.beside import multiple_of
from benchmarks.report import Report, listed
from benchmarks.world import World, prepare


def tell_pages(world: World, options: argparse.Namespace, report: Report) -> None:
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
    report.say(f"Memory of the page server, MiB: {listed(memory)}")
    for name, path in (
        ("home", f"/c/{world.slug}/"),
        ("thread of 50 posts", f"/c/{world.slug}/discussions/{world.thread_50}/"),
    ):
        view = pages.first_view(world, path)
        report.say(
            f"First view of {name}: {view.requests} requests, {view.wire_kb:.0f} KB on the wire "
            f"({view.script_kb:.0f} KB script, {view.html_kb:.1f} KB HTML), {view.nodes} elements."
        )


def tell_replies(world: World, options: argparse.Namespace, report: Report) -> None:
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


def tell_growth(world: World, options: argparse.Namespace, report: Report) -> None:
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
