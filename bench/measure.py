"""Runs the cases in interleaved rounds; see bench/run, which installs and builds what this needs."""
import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import cases
import page
from servers import SERVING, Bench, memory_kilobytes, pinned

STRACED = ("nginx", "verbatim", "messages>responses", "verbatim-sse10")


def measure(bench, case, seconds):
    more = ["-r", case.rate] if case.rate else []
    kept = bench.log_counts() if case.server == "logging" else None
    got = bench.ask(case.server, case.request, case.connections, seconds, *more)
    if got["errors"]:
        raise SystemExit(f"{case.name}: {got['errors']} errors")
    if kept:
        got |= log_rows(bench, kept, got)
    units = got["frames"] if case.streams else got["requests"]
    return {**got, "rate": units / got["seconds"], "cpu_each": got["cpu"] / max(units, 1), "cpu_request": got["cpu"] / max(got["requests"], 1),
            "busy": got["cpu"] / 1e6 / got["seconds"], "behind_share": got["behind"] / max(got["behind"] + got["requests"], 1)}


def log_rows(bench, before, got):
    """What the request log made of a load: rows for each second of it, once what waited is written, and what it dropped."""
    deadline = time.time() + 10
    while bench.log_counts()["waiting"] and time.time() < deadline:
        time.sleep(0.1)
    time.sleep(0.3) # a batch that is being written is neither waiting nor written
    after = bench.log_counts()
    each = (after["written_total"] - before["written_total"]) / max(got["all"], 1) # of all answers, those of the warm-up too
    return {"rows": each * got["requests"] / got["seconds"], "dropped": after["dropped_total"] - before["dropped_total"]}


def run_rounds(bench, wanted, rounds, seconds):
    """Cases take turns within each round, so that a busy neighbour hits all of them; the first round warms up."""
    for case in [case for case in wanted if case.server == "portkey"][:1]:
        measure(bench, case, 4) # a just-in-time compiler needs longer than a round
    for turn in range(rounds + 1):
        print(f"round {turn} of {rounds}", file=sys.stderr, flush=True)
        for case in wanted:
            result = measure(bench, case, seconds if turn else min(seconds / 2, 0.4))
            if turn:
                case.results.append(result)


def syscalls(bench, case):
    """Calls by name for each request, or for each stream, counted by strace while the server answers slowly under it."""
    summary = bench.work / "strace"
    tracer = subprocess.Popen(pinned(SERVING, ["strace", "-c", "-f", "-o", summary, "-p", bench.pid(case.server)]), stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    got = bench.ask(case.server, case.request, 16, 1)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", summary.read_text(), re.M)
    return {name: int(count) / got["all"] for count, name in rows if name != "total"} if got["all"] else {}


def memory_by_connections(bench):
    """RSS in kB of servers that have done nothing before, as ever more connections ask; then at rest, then after 200 KB bodies."""
    found = {}
    for who in ("nginx", "verbatim", "messages>responses", "portkey"):
        server, request = cases.front(who)
        _, large = cases.front(who, size=cases.SIZES["200k"])
        if server not in bench.running:
            continue
        bench.restart(server)
        time.sleep(2)
        memory = {"idle": memory_kilobytes(bench.pid(server))}
        for connections in cases.CONNECTIONS:
            memory[connections] = bench.ask(server, request, connections, 1)["rss"]
        time.sleep(5)
        memory["after"] = memory_kilobytes(bench.pid(server))
        memory["200 KB"] = bench.ask(server, large, 16, 1)["rss"]
        time.sleep(5)
        memory["after 200 KB"] = memory_kilobytes(bench.pid(server))
        found[who] = memory
    return found


def describe(case):
    middle = lambda key: page.median([result[key] for result in case.results])
    log = f"  log rows {middle('rows'):.0f}/s, {sum(result['dropped'] for result in case.results)} dropped" if case.server == "logging" else ""
    return (f"{case.name:26} {middle('rate'):>10.0f}/s  CPU {middle('cpu_each'):8.2f} us  p50 {middle('p50'):8.0f}  p90 {middle('p90'):8.0f}"
            f"  p99 {middle('p99'):8.0f} us  first {middle('first50'):7.0f} us  RSS {middle('rss') / 1024:6.1f} MiB{log}")


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures the native gateway beside nginx, YARP and Portkey; a run of all cases writes the page.")
    parser.add_argument("-r", "--rounds", type=int, default=None, help="rounds that count (5; quick: 2)")
    parser.add_argument("-s", "--seconds", type=float, default=None, help="seconds a case and round (1.4; quick: 0.5)")
    parser.add_argument("-o", "--page", type=pathlib.Path, default=pathlib.Path("docs/performance.md"), help="the page; plots go to plots/ beside it")
    parser.add_argument("--quick", action="store_true", help="a rough run in three minutes")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and stop")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only these, printed instead of written")
    return parser.parse_args()


def main():
    options = arguments()
    rounds = options.rounds or (2 if options.quick else 5)
    seconds = options.seconds or (0.5 if options.quick else 1.4)
    everything = cases.build()
    if options.list:
        print("\n".join(case.name for case in everything))
        return
    unknown = set(options.cases) - {case.name for case in everything}
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))} (bench/run --list)")
    wanted = [case for case in everything if not options.cases or case.name in options.cases]
    load_before, began = os.getloadavg()[0], time.time()
    with Bench(pathlib.Path(os.environ.get("BIFROST_BIN", "dist/linux-x64/bifrost-lite")).resolve()) as bench:
        used = {case.server for case in wanted}
        starts = [] if options.cases else [bench.time_start() for _ in range(5 if options.quick else 15)]
        bench.start_mock()
        bench.start_gateway()
        bench.start_nginx()
        if "logging" in used:
            bench.start_logging()
        for peer in used & {*cases.YARPS, "portkey"}:
            if not getattr(bench, f"start_{peer}")():
                print(f"{peer} is missing, its rows stay empty", file=sys.stderr)
                wanted = [case for case in wanted if case.server != peer]
        run_rounds(bench, wanted, rounds, seconds)
        if options.cases:
            print("\n".join(map(describe, wanted)))
            return
        calls = {case.name: syscalls(bench, case) for case in wanted if case.name in STRACED} if shutil.which("strace") else {}
        memory = memory_by_connections(bench)
        page.write(options.page, page.Run(
            wanted, rounds, seconds, starts, memory, calls, bench.binary.stat().st_size, load_before, time.time() - began))
    print(options.page.read_text())


main()
