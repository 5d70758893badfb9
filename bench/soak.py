"""Mixed traffic for a long time, and many streams at once; see bench/soak."""
import argparse
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import time

import bodies
import page
import plot
from cases import INBOUND, UPSTREAM
from servers import Bench

SAMPLE_SECONDS = 5
WARM_UP = 0.2  # of the time, at most five minutes
PARTS = ("Mixed traffic", "Many streams at once")
# Counted on the heap of the same code at 2,000 streams with requests of 1 KB.
WHERE = """
Where it goes, by a walk over the heap: 8 KB are the HTTP client's two buffers for the connection to the provider, whose size cannot be set; 6 KB Kestrel's objects for the
caller's connection and request, 4 KB the HTTP client's for the provider's, 3 KB the two sockets', 3 KB this program's own; the rest young objects that await collection, and gaps between others.
"""
HEAD = "| | measured | |\n|---|---|---|"


def traffic():
    """(name, request, connections, a second, more options): about a third of a core's work altogether."""
    for inbound in INBOUND:
        for upstream in UPSTREAM:
            yield f"{inbound}>{upstream}", bodies.request(inbound, upstream), 8, 40, []
            yield f"{inbound}>{upstream} stream", bodies.request(inbound, upstream, model="bench-100", stream=True), 4, 5, []
            yield f"{inbound}>{upstream} slow", bodies.request(inbound, upstream, model="slow-50-100", stream=True), 16, 2, []
            yield f"{inbound}>{upstream} hung up", bodies.request(inbound, upstream, model="slow-20-100", stream=True), 4, 2, ["-a", 20]
            yield f"{inbound}>{upstream} broken", bodies.request(inbound, upstream, model="cut-20", stream=True), 2, 2, []
            yield f"{inbound}>{upstream} refused", bodies.request(inbound, upstream, model="error-400"), 2, 2, ["-x", 400]
            yield f"{inbound}>{upstream} failed", bodies.request(inbound, upstream, model="error-500"), 2, 2, ["-x", 500]
            yield f"{inbound}>{upstream} 200 KB", bodies.request(inbound, upstream, 200 * 1024), 2, 2, []
    yield "no JSON", bodies.http("/v1/chat/completions", b'{"model": "cerebras/bench-1", "messages": ['), 2, 5, ["-x", 400]
    yield "no provider", bodies.http("/v1/chat/completions", bodies.chat("nobody/bench-1", 1024, False)), 2, 5, ["-x", 400]


def sample(pid):
    folder = pathlib.Path(f"/proc/{pid}")
    status = (folder / "status").read_text()
    number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.M).group(1))
    return {"rss": number("VmRSS"), "anon": number("RssAnon"), "threads": number("Threads"), "handles": len(os.listdir(folder / "fd"))}


def slope(samples, key):
    """(per hour, its standard error): a line through the medians of twelve stretches, whose scatter says how sure it is."""
    size = max(len(samples) // 12, 1)
    parts = [samples[i:i + size] for i in range(0, len(samples), size) if len(samples[i:i + size]) == size]
    xs = [statistics.mean(s["time"] for s in part) / 3600 for part in parts]
    ys = [statistics.median(s[key] for s in part) for part in parts]
    middle_x, middle_y = statistics.mean(xs), statistics.mean(ys)
    wide = sum((x - middle_x) ** 2 for x in xs) or 1e-9
    steep = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys)) / wide
    rest = sum((y - middle_y - steep * (x - middle_x)) ** 2 for x, y in zip(xs, ys))
    return steep, (rest / max(len(xs) - 2, 1) / wide) ** 0.5


def mixed(bench, minutes):
    """Samples over the time, and what the load generators counted, summed."""
    loads = {}
    for name, request, connections, rate, more in traffic():
        command = bench.ask_command("gateway", request, connections, minutes * 50, "-r", rate, "-t", *more)
        loads[name] = subprocess.Popen(command, stdout=subprocess.PIPE)
    pid, began, samples = bench.pid("gateway"), time.time(), []
    while any(load.poll() is None for load in loads.values()):
        samples.append({"time": time.time() - began, **sample(pid)})
        print(json.dumps(samples[-1]), flush=True)
        time.sleep(SAMPLE_SECONDS)
    counts = {name: json.loads(load.communicate()[0]) for name, load in loads.items()}
    for name, got in counts.items():
        unexpected = got["errors"] + (0 if "broken" in name else got["cut"])
        if unexpected or got["requests"] + got["aborted"] + got["cut"] == 0:
            print(f"{name}: {got}")
    time.sleep(30)
    return samples, counts, sample(pid)


def hold(bench, streams):
    """RSS while so many streams run, a frame a second each, on a gateway that has done nothing else."""
    bench.restart("gateway")
    time.sleep(3)
    pid = bench.pid("gateway")
    idle = sample(pid)
    request = bodies.request("chat", "chat", model="slow-1000-600", stream=True)
    load = subprocess.Popen(bench.ask_command("gateway", request, streams, 60, "-t"), stdout=subprocess.PIPE)
    seen = []
    while load.poll() is None:
        seen.append(sample(pid))
        time.sleep(1)
    got = json.loads(load.communicate()[0])
    time.sleep(15)
    held = statistics.median(s["rss"] for s in seen[len(seen) * 2 // 3:-2] or seen)
    return {"idle": idle["rss"], "held": held, "most": max(s["rss"] for s in seen), "handles": max(s["handles"] for s in seen),
            "threads": max(s["threads"] for s in seen), "after": sample(pid)["rss"], "frames": got["frames"], "seconds": got["seconds"], "cut": got["cut"]}


def soak_text(samples, counts, after, folder):
    plot.lines(folder / "soak.svg", "soak: the gateway's RSS (MiB), handles and threads", [round(s["time"] / 60) for s in samples],
               {"RSS MiB": [s["rss"] / 1024 for s in samples], "handles": [s["handles"] for s in samples], "threads": [s["threads"] for s in samples]}, "minutes")
    length = samples[-1]["time"]
    settled = [s for s in samples if s["time"] > min(length * WARM_UP, 300)]
    rows = []
    for key, what, scale in (("rss", "RSS MiB", 1024), ("handles", "handles", 1), ("threads", "threads", 1)):
        steep, unsure = slope(settled, key)
        values = [s[key] / scale for s in settled]
        # 2.2 standard errors: 95 % for a line through twelve points
        verdict = "0 within noise: met" if steep <= 2.2 * unsure or steep * length / 3600 < 0.01 * statistics.median(values) * scale else "**grows**"
        rows.append(f"| soak: slope of {what} an hour | {steep / scale:+.2f} ± {2.2 * unsure / scale:.2f} ({min(values):.0f}–{max(values):.0f}) | {verdict} |")
    sums = {key: sum(got[key] for got in counts.values()) for key in ("all", "frames", "aborted")}
    broken = sum(got["all"] + got["cut"] for name, got in counts.items() if name.endswith("broken"))
    return f"""{length / 60:.0f} minutes of {len(counts)} kinds of traffic at fixed rates: every pair of dialects with whole answers, fast and slow streams, streams the client
hangs up on, streams the provider breaks, answers 400 and 500, and bodies of 200 KB. {sums['all']:,} answers and {sums['frames']:,} text deltas; {sums['aborted']:,} streams
hung up, {broken:,} broken by the provider. Slopes are of lines after warm-up, with their 95 % noise; 30 s after the end: {after['rss'] / 1024:.0f} MiB, {after['handles']} handles, {after['threads']} threads.

{HEAD}
""" + "\n".join(rows) + "\n\n![soak](plots/soak.svg)\n"


def hold_text(streams, got):
    each = (got["held"] - got["idle"]) / streams
    verdict = "≤ 15: met" if each <= 15 else "≤ 15: **not met**"
    return f"""{streams:,} streams held at once by a fresh gateway, a frame a second each, verbatim: {got['idle'] / 1024:.0f} MiB idle, {got['held'] / 1024:.0f} MiB held ({got['most'] / 1024:.0f} at most),
{got['after'] / 1024:.0f} MiB 15 s after all were hung up; {got['handles']:,} handles, {got['threads']} threads, {got['frames'] / got['seconds']:.0f} frames a second, {got['cut']} broken.

{HEAD}
| soak: KB a held stream above idle | {each:.1f} | {verdict} |
{WHERE if each > 15 else ""}"""


def write(path, parts):
    """Puts the parts into the page; one that was not run this time stays as it is there."""
    section = page.soak_section(path)
    text = path.read_text() if path.exists() else "# Performance\n"
    kept = dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", section.replace(page.SOAK[1], ""), re.M | re.S))
    kept.update(parts)
    body = f"{page.SOAK[0]}\n## Soak\nWritten by `bench/soak`.\n\n" + "".join(f"### {name}\n{kept[name].rstrip()}\n\n" for name in PARTS if name in kept) + page.SOAK[1]
    path.write_text(text.replace(section, body) if section in text else text.rstrip() + "\n\n" + body + "\n")


def main():
    parser = argparse.ArgumentParser(prog="bench/soak")
    parser.add_argument("-m", "--minutes", type=float, default=30)
    parser.add_argument("-n", "--streams", type=int, default=10_000)
    parser.add_argument("-o", "--page", type=pathlib.Path, default=pathlib.Path("docs/performance.md"))
    parser.add_argument("--nice", type=int, default=None, help="for everything that runs, on a machine that others need")
    options = parser.parse_args()
    parts = {}
    with Bench(pathlib.Path(os.environ.get("BIFROST_BIN", "dist/linux-x64/bifrost-lite")).resolve(), options.nice) as bench:
        bench.start_mock()
        bench.start_gateway(keeps_log=True)
        if options.minutes:
            samples, counts, after = mixed(bench, options.minutes)
            parts[PARTS[0]] = soak_text(samples, counts, after, options.page.parent / "plots")
        # Each stream takes two handles of the gateway; where the machine allows fewer, fewer are held.
        streams = min(options.streams, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 150)
        if streams > 0:
            parts[PARTS[1]] = hold_text(streams, hold(bench, streams))
    write(options.page, parts)
    print("\n".join(parts.values()))


main()
