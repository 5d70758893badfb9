"""Starts what is measured: the mock provider, the gateway, nginx, YARP, Portkey. The server under test has core 0 for itself, load
and mock share core 1; everything listens on 127.0.0.1 and ends with the run."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "bifrost-lite-bench"
PORTS = {"direct": 18081, "nginx": 18082, "gateway": 18083, "portkey": 18085, "logging": 18086, "yarp": 18087, "yarp_inline": 18088}
START_PORT = 18084
SERVING, ASKING = "0", "1"

# Root measures ahead of whatever else the machine does; anybody else waits his turn.
FIRST = ["nice", "-n", "-15"] if os.geteuid() == 0 else []

NGINX = """
daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log crit;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 100000000; client_max_body_size 100m; client_body_buffer_size 512k;
  client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  upstream mock {{ server 127.0.0.1:{mock}; keepalive 1024; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port};
    proxy_http_version 1.1; proxy_set_header Connection "";
    location / {{ proxy_pass http://mock; }}
    location /stream/ {{ proxy_pass http://mock/; proxy_buffering off; }}
  }}
}}
"""


def pinned(core, command, nice=None):
    """With a niceness given, behind everybody else: a soak takes long and measures no time."""
    return [*(FIRST if nice is None else ["nice", "-n", str(nice)]), "taskset", "-c", core, *map(str, command)]


class Bench:
    """A folder for the run, the two programs, and the servers by name."""

    def __init__(self, binary, nice=None):
        self.binary = binary
        self.nice = nice
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bifrost-bench."))
        self.running = {}
        for program in ("mock", "load"):
            subprocess.run(["gcc", "-O2", "-o", self.work / program, HERE / f"{program}.c"], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in list(self.running):
            self.stop(server)
        shutil.rmtree(self.work, ignore_errors=True)

    def pid(self, server):
        return self.running[server].pid

    def start(self, server, core, command, port, **more):
        if is_listening(port):
            raise SystemExit(f"port {port} is taken, perhaps by another run of this")
        log = open(self.work / f"{server}.log", "wb")
        self.running[server] = subprocess.Popen(pinned(core, command, self.nice), stdout=log, stderr=log, **more)
        for _ in range(600):
            if is_listening(port):
                return
            time.sleep(0.05)
        raise SystemExit(f"{server} does not listen:\n{(self.work / f'{server}.log').read_text()[-2000:]}")

    def stop(self, server):
        process = self.running.pop(server)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()

    def restart(self, server):
        self.stop(server)
        getattr(self, f"start_{server}")()

    def start_mock(self):
        self.start("direct", ASKING, [self.work / "mock", PORTS["direct"]], PORTS["direct"])

    def start_gateway(self, name="gateway", keeps_log=False):
        """As it comes, but for the request log: the others here keep none either."""
        at = {"network_config": {"base_url": f"http://127.0.0.1:{PORTS['direct']}"}, "keys": [{"value": "sk-bench", "models": ["*"]}]}
        own = {"custom_provider_config": {"base_provider_type": "openai", "allowed_requests": {"responses": True, "responses_stream": True}}}
        config = {"providers": {"cerebras": at, "anthropic": at, "own": {**at, **own}}}
        if not keeps_log:
            config |= {"logs_store": {"enabled": False}, "config_store": {"enabled": False}}
        app = self.work / f"app-{name}"
        app.mkdir(exist_ok=True)
        (app / "config.json").write_text(json.dumps(config))
        self.start(name, SERVING, [self.binary, "--app-dir", app, "--port", PORTS[name], "--log-level", "error"], PORTS[name])

    def start_logging(self):
        self.start_gateway("logging", keeps_log=True)

    def log_counts(self):
        """The request log's figures in /metrics: written_total, dropped_total, waiting."""
        with urllib.request.urlopen(f"http://127.0.0.1:{PORTS['logging']}/metrics") as answer:
            return {name: float(value) for name, value in re.findall(r"^bifrost_log_(\w+) (\S+)$", answer.read().decode(), re.M)}

    def start_nginx(self):
        conf = self.work / "nginx.conf"
        conf.write_text(NGINX.format(work=self.work, mock=PORTS["direct"], port=PORTS["nginx"]))
        self.start("nginx", SERVING, [nginx_path(), "-c", conf], PORTS["nginx"])

    def start_yarp(self, name="yarp", *more):
        program = CACHE / "yarp/yarp"
        if not program.exists():
            return False
        self.start(name, SERVING, [program, PORTS[name], PORTS["direct"], *more], PORTS[name])
        return True

    def start_yarp_inline(self):
        return self.start_yarp("yarp_inline", "inline")

    def start_portkey(self):
        folder = CACHE / "portkey"
        program = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
        if not program.exists():
            return False
        self.start("portkey", SERVING, ["node", "--import", HERE / "portkey-shim.mjs", program, f"--port={PORTS['portkey']}", "--headless"],
                   PORTS["portkey"], cwd=folder, env={**os.environ, "NODE_ENV": "production"})
        return True

    def save(self, request):
        """The request as a file of its own; the same one twice is one file."""
        path = self.work / f"request-{hash(request) & 0xFFFFFFFFFFFF:x}"
        if not path.exists():
            path.write_bytes(request)
        return path

    def ask_command(self, server, request, connections, seconds, *more):
        command = [self.work / "load", "ask", "-p", PORTS[server], "-f", self.save(request), "-c", connections, "-s", seconds]
        if server in self.running:
            command += ["-i", self.pid(server)]
        return pinned(ASKING, [*command, *more], self.nice)

    def ask(self, server, request, connections, seconds, *more):
        got = subprocess.run(self.ask_command(server, request, connections, seconds, *more), stdout=subprocess.PIPE, check=True).stdout
        return json.loads(got)

    def time_start(self):
        empty = self.work / "empty"
        empty.mkdir(exist_ok=True)
        command = [self.work / "load", "start", START_PORT, self.binary, "--app-dir", empty, "--port", START_PORT]
        return json.loads(subprocess.run(pinned(SERVING, command), stdout=subprocess.PIPE, check=True).stdout)


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def nginx_path():
    return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "nginx"


def memory_kilobytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
