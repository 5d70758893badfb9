"""What is measured: each case is one server asked one thing over so many connections, as fast as it goes or at a rate."""
from dataclasses import dataclass, field

import bodies

INBOUND = ("chat", "responses", "messages", "converse")
UPSTREAM = ("chat", "responses", "messages")
CONNECTIONS = (1, 16, 64, 256, 1024)
RATES = (500, 5000)
TTFT_RATE = 200
SIZES = {"10k": 10 * 1024, "200k": 200 * 1024}
SSE_FRAMES, SHORT_FRAMES = 1000, 10
LOGGED = "verbatim+log"
LOG_RATE = 10_000
YARPS = ("yarp", "yarp_inline")
PORTKEY = ["x-portkey-provider: openai", "x-portkey-custom-host: http://127.0.0.1:18081/v1"]


@dataclass
class Case:
    name: str
    server: str
    request: bytes
    connections: int = 16
    rate: int = 0
    streams: bool = False
    results: list = field(default_factory=list)


def pair_name(inbound, upstream):
    return "verbatim" if (inbound, upstream) == ("chat", "chat") else f"{inbound}>{upstream}"


def front(name, size=1024, model="bench-1", stream=False):
    """(server, request) by the name of who stands in front of the mock provider: direct, nginx, yarp, portkey, or a pair."""
    if name == "portkey":
        return "portkey", bodies.plain(size, model, stream, headers=PORTKEY)
    if name in ("direct", "nginx", *YARPS):
        return name, bodies.plain(size, model, stream, prefix="/stream" if name == "nginx" and stream else "")
    if name == LOGGED:
        return "logging", bodies.request("chat", "chat", size, model, stream)
    inbound, upstream = ("chat", "chat") if name == "verbatim" else name.split(">")
    return "gateway", bodies.request(inbound, upstream, size, model, stream)


def build():
    """All cases in the order in which they are run within a round."""
    cases = []

    def add(label, who, connections=16, rate=0, **body):
        server, request = front(who, **body)
        cases.append(Case(label, server, request, connections, rate, body.get("stream", False)))

    pairs = [pair_name(inbound, upstream) for inbound in INBOUND for upstream in UPSTREAM]
    long, short = f"bench-{SSE_FRAMES}", f"bench-{SHORT_FRAMES}"
    for who in ("nginx", *pairs, LOGGED, *YARPS, "portkey"):
        add(who, who)
    for who in ("nginx", *pairs, *YARPS, "portkey"):
        add(f"{who}-sse", who, model=long, stream=True)
    for who in ("nginx", "verbatim", "messages>responses", "portkey"):
        add(f"{who}-sse10", who, model=short, stream=True)
    for who in ("nginx", "verbatim", "messages>chat", "chat>messages", "messages>responses", "yarp", "portkey"):
        for label, size in SIZES.items():
            add(f"{who}-{label}", who, size=size)
    for who in ("direct", "nginx", "verbatim", "messages>responses", "portkey"):
        for connections in CONNECTIONS:
            if connections == 1 or (who != "direct" and connections not in (16,) and not (who == "portkey" and connections > 256)):
                add(f"{who}-c{connections}", who, connections)
        for rate in RATES:
            if who != "portkey" or rate <= 500: # it serves about a thousand a second
                add(f"{who}-r{rate}", who, 64, rate)
        add(f"{who}-ttft", who, 64, TTFT_RATE, model=short, stream=True)
    for who in ("direct", "verbatim", LOGGED):
        add(f"{who}-r{LOG_RATE}", who, 64, LOG_RATE)
    return cases
