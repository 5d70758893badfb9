"""Writes docs/performance.md and its plots from the measured rounds. What bench/soak wrote between its markers stays."""
import os
import platform
import statistics
import subprocess
from dataclasses import dataclass

import cases
import plot
from servers import nginx_path
from targets import verdicts

SOAK = ("<!-- soak: written by bench/soak -->", "<!-- /soak -->")
NAMES = {"nginx": "nginx proxy_pass", "verbatim": "chat, verbatim", "yarp": "YARP's forwarder", "yarp_inline": "YARP's forwarder, inline completions",
         "portkey": "Portkey", cases.LOGGED: "chat, verbatim, with the request log", "direct": "no gateway"}
median = statistics.median


@dataclass
class Run:
    cases: list
    rounds: int
    seconds: float
    starts: list
    memory: dict
    calls: dict
    size: int
    load_before: float
    took: float

    def __post_init__(self):
        self.by_name = {case.name: case for case in self.cases}

    def has(self, name):
        return name in self.by_name

    def values(self, name, key):
        return [result[key] for result in self.by_name[name].results]

    def middle(self, name, key):
        return median(self.values(name, key))

    def paired(self, name, other, key, how):
        """Round by round, because neighbours of the machine come and go: (median, lowest, highest)."""
        each = [how(a, b) for a, b in zip(self.values(name, key), self.values(other, key))]
        return median(each), min(each), max(each)

    def ratio(self, name, other, key="rate"):
        return self.paired(name, other, key, lambda a, b: a / max(b, 1e-9))

    def added(self, name, other, key):
        return self.paired(name, other, key, lambda a, b: a - b)


def spread(three, digits=2):
    return f"{three[0]:.{digits}f} ({three[1]:.{digits}f}–{three[2]:.{digits}f})"


def label(name):
    if name in NAMES:
        return NAMES[name]
    inbound, upstream = name.split(">")
    return f"{inbound}, verbatim" if inbound == upstream else f"{inbound} → {upstream}"


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)])


def pairs():
    return [cases.pair_name(inbound, upstream) for inbound in cases.INBOUND for upstream in cases.UPSTREAM]


def compared(run, suffix, whos, unit):
    rows = []
    for who in whos:
        name = who + suffix
        if not run.has(name):
            continue
        translated = ">" in who and who.split(">")[0] != who.split(">")[1]
        rows.append([
            label(who), f"{run.middle(name, 'rate'):.0f}", f"{run.middle(name, 'cpu_each'):.1f}", f"{run.middle(name, 'busy'):.0%}",
            f"{run.middle(name, 'p50'):.0f} / {run.middle(name, 'p90'):.0f} / {run.middle(name, 'p99'):.0f}",
            "" if who == "nginx" else spread(run.ratio(name, "nginx" + suffix)),
            spread(run.ratio(name, "verbatim" + suffix)) if translated else ""])
    return table(["", f"{unit}s/s", f"CPU µs a {unit}", "core busy", "p50 / p90 / p99 µs", "rate to nginx", "rate to verbatim"], rows)


def chart(run, folder, file, title, suffix, whos, key):
    rows = [(who, run.middle(who + suffix, key), min(run.values(who + suffix, key)), max(run.values(who + suffix, key))) for who in whos if run.has(who + suffix)]
    plot.bars(folder / file, title, rows)


def by_connections(run, key):
    series = {}
    for who in ("nginx", "verbatim", "messages>responses", "portkey"):
        names = [who if c == 16 else f"{who}-c{c}" for c in cases.CONNECTIONS]
        if any(map(run.has, names)):
            series[who] = [run.middle(name, key) if run.has(name) else None for name in names]
    return series


def connections_table(run):
    rates, cpu, p99 = (by_connections(run, key) for key in ("rate", "cpu_each", "p99"))
    rows = []
    for who in rates:
        for values, what in ((rates, "requests/s"), (cpu, "CPU µs a request"), (p99, "p99 µs")):
            rows.append([label(who), what, *("" if v is None else f"{v:.{1 if values is cpu else 0}f}" for v in values[who])])
    return table(["", "", *map(str, cases.CONNECTIONS)], rows)


def added_table(run, suffix, key="p"):
    rows = []
    for who in ("nginx", "verbatim", cases.LOGGED, "messages>responses", "portkey"):
        name = who + suffix
        if run.has(name):
            late = run.middle(name, "behind_share")
            if late > 0.05:
                rows.append([label(who), "", "", "", f"{run.middle(name, 'cpu_request'):.0f}", f"could not keep up: {late:.0%} never asked"])
                continue
            rows.append([label(who), *(spread(run.added(name, "direct" + suffix, f"{key}{part}"), 0) for part in (50, 90, 99)),
                         f"{run.middle(name, 'cpu_request'):.0f}", ""])
    direct = " / ".join(f"{run.middle('direct' + suffix, f'{key}{part}'):.0f}" for part in (50, 90, 99))
    return f"No gateway: {direct} µs.\n\n" + table(["added µs", "p50", "p90", "p99", "CPU µs a request", ""], rows)


def memory_table(run):
    columns = ["idle", *cases.CONNECTIONS, "after", "200 KB", "after 200 KB"]
    rows = [[label(who), *(f"{memory[column] / 1024:.1f}" for column in columns)] for who, memory in run.memory.items()]
    return table(["RSS MiB", "idle", *(f"{c} conn." for c in cases.CONNECTIONS), "5 s after", "200 KB bodies", "5 s after"], rows)


def syscall_table(run):
    rows = []
    for name, calls in run.calls.items():
        most = sorted(calls.items(), key=lambda item: -item[1])[:6]
        rows.append([label(name.removesuffix("-sse10")) + (", stream of 10" if name.endswith("-sse10") else ""), f"{sum(calls.values()):.1f}",
                     ", ".join(f"{call} {count:.2f}" for call, count in most if count >= 0.01)])
    return table(["", "system calls a request", "of them"], rows) if rows else "strace was not there."


def soak_section(path):
    text = path.read_text() if path.exists() else ""
    if SOAK[0] in text and SOAK[1] in text:
        return text[text.index(SOAK[0]):text.index(SOAK[1]) + len(SOAK[1])]
    return f"{SOAK[0]}\n## Soak\nNot run yet: `bench/soak`.\n{SOAK[1]}"


def plots(run, folder):
    whos = ["nginx", *pairs(), *cases.YARPS, "portkey"]
    chart(run, folder, "cpu.svg", "CPU µs a request of 1 KB, 16 connections", "", [w for w in whos if w != "portkey"], "cpu_each")
    chart(run, folder, "rate.svg", "requests a second, 1 KB, 16 connections, one core", "", whos, "rate")
    chart(run, folder, "frames.svg", f"frames a second, 16 streams of {cases.SSE_FRAMES}, one core", "-sse", whos, "rate")
    plot.lines(folder / "connections.svg", "requests a second by connections", cases.CONNECTIONS, by_connections(run, "rate"), "connections")
    plot.lines(folder / "memory.svg", "RSS MiB by connections", cases.CONNECTIONS,
               {who: [memory[c] / 1024 for c in cases.CONNECTIONS] for who, memory in run.memory.items()}, "connections")


def write(path, run):
    plots(run, path.parent / "plots")
    nginx = subprocess.run([nginx_path(), "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]
    peers = f"nginx {nginx} with one worker, `proxy_pass`, upstream keep-alive, no access log" + (
        "; YARP 2.1.0's forwarder, native like the gateway, as its documentation sets it up and with the gateway's settings of sockets (bench/yarp)" if run.has("yarp") else "; YARP could not be built") + (
        "; Portkey's gateway 1.15.2 from npm on Node, with a shim for its streams (bench/portkey-shim.mjs)" if run.has("portkey") else "; Portkey was not there")
    whos = ["nginx", *pairs(), cases.LOGGED, *cases.YARPS, "portkey"]
    few = ["nginx", "verbatim", "messages>chat", "chat>messages", "messages>responses", "yarp", "portkey"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"""# Performance

Written by `bench/run` in {run.took / 60:.0f} minutes: {run.rounds} interleaved rounds of {run.seconds:g} s a case; medians, in brackets the lowest and highest round;
ratios and differences are taken within a round. {os.cpu_count()} cores of a {platform.machine()} machine: one for the server under test, one for load generator and mock
provider together (both in C). Keep-alive, cleartext HTTP/1.1, no request log but in the row that says so; {peers}.
CPU is user and system time of the server; where its core was not busy, load generator and
mock were the limit, and the rate says less than the CPU. Load average before the run: {run.load_before:.2f}; well above 1, other work distorts rates and times, and CPU is the
figure to go by.

## Targets
The floor is what must hold, the aim what is wanted.

{verdicts(run, path)}

## Size, start, memory
Executable {run.size / 1e6:.2f} MB. Start to first 200, median of {len(run.starts)}: {median([s['milliseconds'] for s in run.starts]):.1f} ms
({min(s['milliseconds'] for s in run.starts):.1f}–{max(s['milliseconds'] for s in run.starts):.1f}), without configuration idle at {median([s['rss'] for s in run.starts]) / 1024:.1f} MiB.

Each server started anew, asked by ever more connections, left alone, then sent requests of 200 KB:

{memory_table(run)}

![memory](plots/memory.svg)

## Requests of 1 KB, answers of 1 KB, 16 connections
{compared(run, "", whos, "request")}

![CPU](plots/cpu.svg)
![rates](plots/rate.svg)

## By connections
{connections_table(run)}

![connections](plots/connections.svg)

## Requests of 10 KB and 200 KB, as coding agents send them
Tools with schemas and a history of calls and file contents; 16 connections.

{compared(run, "-10k", few, "request")}

{compared(run, "-200k", few, "request")}

## Streams of {cases.SSE_FRAMES} text deltas, 16 at once, as fast as they go
Each delta is a write of its own at the provider. Times are of whole streams.

{compared(run, "-sse", whos, "frame")}

![frames](plots/frames.svg)

Streams of {cases.SHORT_FRAMES} text deltas:

{compared(run, "-sse10", few, "frame")}

## Added latency at fixed rates
64 connections, requests due at even distances; times count from when a request was due (no coordinated omission).

500 requests a second. {added_table(run, "-r500")}

5,000 requests a second. {added_table(run, "-r5000")}

{cases.LOG_RATE:,} requests a second, without and with the request log, which then writes {run.middle(cases.LOGGED + f"-r{cases.LOG_RATE}", "rows"):.0f} rows a second and
drops {sum(run.values(cases.LOGGED + f"-r{cases.LOG_RATE}", "dropped")):.0f} in all. {added_table(run, f"-r{cases.LOG_RATE}")}

Time to the first text delta, {cases.TTFT_RATE} streams of {cases.SHORT_FRAMES} a second. {added_table(run, "-ttft", "first")}

One connection, one request after the other. {added_table(run, "-c1")}

## System calls
Counted by `strace -c` at 16 connections; under it reads and writes come together less often than in a free run.

{syscall_table(run)}

{soak_section(path)}

What each change of the hot path bought: decisions.md, "Hot path".
""")
