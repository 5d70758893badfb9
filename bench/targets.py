"""What was promised, beside what was measured: the script itself says met or not."""
import re
import statistics

from cases import pair_name, INBOUND, LOGGED, UPSTREAM


def translated():
    """The pairs that cross dialects; the slowest of them is held against the target."""
    return [pair_name(i, u) for i in INBOUND for u in UPSTREAM if i != u]


def worst(run, suffix, key, most):
    """(value, pair): the highest or lowest median among the translated pairs."""
    found = [(run.middle(name + suffix, key), name) for name in translated()]
    return max(found) if most else min(found)


def rows(run):
    """(what, measured, words, floor, aim, whether small is good)"""
    start = statistics.median(s["milliseconds"] for s in run.starts)
    yield "executable, MB", run.size / 1e6, "", 20, 17, True
    yield "start to first 200, ms", start, "", 30, 25, True
    yield "idle RSS, MiB", statistics.median(s["rss"] for s in run.starts) / 1024, "", 25, 24, True
    yield "RSS at 256 connections, MiB", run.memory["verbatim"][256] / 1024, "", None, 60, True
    yield "verbatim 1 KB: rate to nginx", run.ratio("verbatim", "nginx")[0], "", 0.55, 0.70, False
    yield "verbatim 1 KB: CPU µs a request", run.middle("verbatim", "cpu_each"), "", 32, 24, True
    yield "verbatim 1 KB with the request log: rate to without", run.ratio(LOGGED, "verbatim")[0], "", 0.90, 0.95, False
    lost = sum(run.values(LOGGED, "dropped"))
    yield "request log: rows/s written as fast as it goes", run.middle(LOGGED, "rows"), f"{lost:.0f} dropped", 10_000, 10_000, False
    yield "verbatim 1 KB at one connection: added p50 µs", run.added("verbatim-c1", "direct-c1", "p50")[0], "", None, 60, True
    cpu, slow = worst(run, "", "cpu_each", True)
    yield "translated 1 KB: CPU µs a request, slowest pair", cpu, slow, 38, 29, True
    _, slow = worst(run, "", "rate", False)
    yield "translated 1 KB: rate to verbatim, slowest pair", run.ratio(slow, "verbatim")[0], slow, 0.80, 0.85, False
    yield "messages>responses 200 KB: CPU ms a request", run.middle("messages>responses-200k", "cpu_each") / 1000, "", None, 1.5, True
    if run.has("yarp"):
        yield "verbatim 1 KB: rate to YARP's forwarder", run.ratio("verbatim", "yarp")[0], "", None, 2, False
    if run.has("portkey"):
        yield "verbatim 1 KB: rate to Portkey", run.ratio("verbatim", "portkey")[0], "", None, 30, False
    yield "SSE verbatim: frames/s to nginx", run.ratio("verbatim-sse", "nginx-sse")[0], "", 0.80, 1.0, False
    _, slow = worst(run, "-sse", "rate", False)
    yield "SSE translated: frames/s to verbatim, slowest pair", run.ratio(slow + "-sse", "verbatim-sse")[0], slow, 0.80, 0.9, False
    yield "SSE verbatim: added time to first delta, p50 µs", run.added("verbatim-ttft", "direct-ttft", "first50")[0], "", None, 150, True
    yield "SSE translated: added time to first delta, p50 µs", run.added("messages>responses-ttft", "direct-ttft", "first50")[0], "messages>responses", None, 150, True


def judge(value, target, small_is_good):
    if target is None:
        return ""
    is_met = value <= target if small_is_good else value >= target
    return f"{'≤' if small_is_good else '≥'} {target:g}: {'met' if is_met else '**not met**'}"


def soak_rows(path):
    """What bench/soak found stands in the page already, as rows of its own table that begin with "soak"."""
    text = path.read_text() if path.exists() else ""
    return [f"| {what} | {measured} |  | {verdict} |" for what, measured, verdict in re.findall(r"^\| (soak[^|]*) \| ([^|]*) \| ([^|]*) \|$", text, re.M)]


def verdicts(run, path):
    lines = ["| | measured | floor | aim |", "|---|---|---|---|"]
    for what, value, words, floor, aim, small in rows(run):
        shown = f"{value:.2f}" if value < 100 else f"{value:.0f}"
        lines.append(f"| {what} | {shown}{' (' + words + ')' if words else ''} | {judge(value, floor, small)} | {judge(value, aim, small)} |")
    return "\n".join(lines + soak_rows(path))
