"""What the load runs share: the started server, the load generator and the requests."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20
DISTRIBUTION = ROOT / "liberty/target"
BARE_WAR = ROOT / "bench/bare-servlet/target/bare.war"
FLOOR_WAR = ROOT / "bench/floor/target/floor.war"
ECHO_WAR = ROOT / "bench/grpc-echo/target/echo.war"


def distribution():
    """The folder that mvn package made."""
    found = [path for path in DISTRIBUTION.glob("longshore-*") if path.is_dir()]
    if len(found) != 1 or not BARE_WAR.exists():
        sys.exit(f"expected one distribution under {DISTRIBUTION} and {BARE_WAR}; run mvn package first")
    return found[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def add_limits(home):
    """Puts the bare servlet and the gRPC echo beside the application."""
    folder = home / "wlp/usr/servers/longshore/configDropins/defaults"
    folder.mkdir(parents=True, exist_ok=True)
    applications = "".join(
        f'<webApplication id="{name}" location="{war}" contextRoot="/{name}"/>' for name, war in (("bare", BARE_WAR), ("echo", ECHO_WAR))
    )
    folder.joinpath("bench.xml").write_text(f"<server>{applications}</server>")


class Server:
    """A copy of the distribution, started on a free loopback port; its state and log are in the folder."""

    def __init__(self, folder, home, *options, environment=None):
        self.home = home
        self.port, self.grpc_port, self.echo_port = free_port(), free_port(), free_port()
        self.log_file = folder / "server.log"
        self.log = open(self.log_file, "w")
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [home / "bin/longshore", "serve", f"--http-port={self.port}", f"--grpc-port={self.grpc_port}", *options],
            env=dict(os.environ, LONGSHORE_STATE_DIR=str(folder / "state"), ECHO_PORT=str(self.echo_port), **(environment or {})),
            stdout=self.log, stderr=subprocess.STDOUT,
        )

    @staticmethod
    def started(folder, *options, patience=120):
        """A running server with the bare servlet and the gRPC echo beside the application, ready within so many seconds."""
        home = folder / "longshore"
        shutil.copytree(distribution(), home, symlinks=True)
        add_limits(home)
        server = Server(folder, home, *options)
        server.wait("GET", "/v2/health/ready", patience=patience)
        server.wait("POST", "/bare/x?answer=1", b"x")
        return server

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait(self, method, path, body=None, headers=None, patience=120):
        """Waits for a 200; returns the seconds since the server's start and the answer."""
        asked = time.monotonic()
        while time.monotonic() - asked < patience:
            try:
                status, answer = self.request(method, path, body, headers)
                if status == 200:
                    return time.monotonic() - self.begun, answer
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"the server ended: {self.log_file.read_text()}")
            time.sleep(0.02)
        sys.exit(f"the server did not answer {path}: {self.log_file.read_text()}")

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def pid(self):
        """The process of the JVM, which the launcher script is the parent of."""
        for pid in subprocess.run(["pgrep", "-f", f"http-port={self.port}"], capture_output=True, text=True).stdout.split():
            if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "java":
                return int(pid)
        sys.exit("the server has no JVM")

    def memory(self, field="VmRSS"):
        """Resident memory in MiB, now (VmRSS) or at most since the last reset (VmHWM)."""
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024

    def threads(self):
        """Threads of the JVM, its own included."""
        return len(list(pathlib.Path(f"/proc/{self.pid()}/task").iterdir()))

    def settled_memory(self):
        """MiB of the heap in use and of resident memory after a full garbage collection."""
        pid = self.pid()
        for _ in range(3):
            subprocess.run(["jcmd", str(pid), "GC.run"], check=True, capture_output=True)
            time.sleep(1)
        heap = subprocess.run(["jcmd", str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
        # Collectors that have generations have a line for each; that of the metaspace has no total.
        used = re.findall(r"total \d+K, used (\d+)K", heap)
        return sum(map(int, used)) / 1024, self.memory()

    def processor_time(self):
        """Seconds of processor time that the JVM has used so far."""
        fields = pathlib.Path(f"/proc/{self.pid()}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def reset_peak(self):
        pathlib.Path(f"/proc/{self.pid()}/clear_refs").write_text("5")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        self.log.close()


class Load:
    """One request that a load repeats."""

    def __init__(self, model, body, headers, concurrencies):
        self.model = model
        self.body = body
        self.headers = headers
        self.concurrencies = concurrencies
        self.path = f"/v2/models/{model}/infer"


def as_json(inputs):
    return json.dumps({"inputs": inputs}).encode(), {"Content-Type": "application/json"}


def as_binary(tensors, parameters=None):
    """tensors: (name, datatype, shape, bytes)."""
    header = json.dumps({
        "inputs": [{"name": n, "datatype": t, "shape": s, "parameters": {"binary_data_size": len(b)}} for n, t, s, b in tensors],
        "parameters": {"binary_data_output": True, **(parameters or {})},
    }).encode()
    headers = {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(header))}
    return header + b"".join(b for _, _, _, b in tensors), headers


def token_values(length=128):
    """The inputs of the model minilm: one text of so many tokens."""
    return {"input_ids": [101] + [2000 + i for i in range(length - 2)] + [102], "attention_mask": [1] * length, "token_type_ids": [0] * length}


def packed_tokens(length=128):
    return [(name, "INT64", [1, length], struct.pack(f"<{length}q", *values)) for name, values in token_values(length).items()]


def loads():
    ints = list(range(16))
    packed = struct.pack("<16i", *ints)
    floats = [((i * 7919) % 10007) / 997.0 for i in range(262144)]
    sixteen = b"\x00\x00\x80\x3f" * (4 * MEGABYTE)
    names = ("INPUT0", "INPUT1")
    return {
        "simple JSON": Load("simple", *as_json([{"name": n, "shape": [1, 16], "datatype": "INT32", "data": ints} for n in names]), (1, 16, 64)),
        "simple binary": Load("simple", *as_binary([(n, "INT32", [1, 16], packed) for n in names]), (1, 16, 64)),
        "identity 16 MiB binary": Load("identity_fp32", *as_binary([("INPUT0", "FP32", [4 * MEGABYTE], sixteen)]), (1, 4)),
        "identity 262,144 floats JSON": Load("identity_fp32", *as_json([{"name": "INPUT0", "shape": [262144], "datatype": "FP32", "data": floats}]), (1, 2)),
        "minilm 128 tokens binary": Load("minilm", *as_binary(packed_tokens()), (1, 2, 16, 64)),
    }


def varint(value):
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(encoded + bytes([value]))


def field(number, value):
    """A field of protobuf that is text, bytes or a message."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def as_message(model, tensors, parameters=None):
    """A ModelInferRequest in gRPC's frame; tensors: (name, datatype, shape, bytes); parameters: integers by name."""
    inputs = b"".join(
        field(5, field(1, n.encode()) + field(2, t.encode()) + field(3, b"".join(map(varint, s)))) for n, t, s, _ in tensors
    )
    # An entry of a map is a message of key and value; an integer is field 2 of the value, which is no text.
    said = b"".join(field(4, field(1, n.encode()) + field(2, b"\x10" + varint(v))) for n, v in (parameters or {}).items())
    message = field(1, model.encode()) + said + inputs + b"".join(field(7, b) for _, _, _, b in tensors)
    return b"\0" + struct.pack(">I", len(message)) + message


class GrpcLoad:
    """One unary call that a load repeats."""

    def __init__(self, model, tensors, concurrencies):
        self.body = as_message(model, tensors)
        self.least_answer = 0.9 * sum(len(b) for _, _, _, b in tensors)
        self.concurrencies = concurrencies


def grpc_loads():
    packed = struct.pack("<16i", *range(16))
    return {
        "simple": GrpcLoad("simple", [(n, "INT32", [1, 16], packed) for n in ("INPUT0", "INPUT1")], (1, 16, 64)),
        "identity 16 MiB": GrpcLoad("identity_fp32", [("INPUT0", "FP32", [4 * MEGABYTE], b"\0\0\x80\x3f" * (4 * MEGABYTE))], (1, 4)),
    }


class H2load:
    """Closed-loop load: as many connections as the concurrency, with one call each at a time."""

    INFER = "/inference.GRPCInferenceService/ModelInfer"
    ECHO = "/bench.Echo/Echo"

    def __init__(self, folder):
        self.folder = folder
        # The slowest connection's rate in the last run, as a part of the mean.
        self.slowest = 1.0
        # Where there is a file for them, the last run's latencies in microseconds; writing it costs the generator time.
        self.log = None
        self.latencies = []

    def run(self, port, path, load, concurrency, seconds):
        """Calls a second. Fails where the answers are smaller than the tensors are: gRPC's errors have HTTP's status 200."""
        body = self.folder / "message"
        body.write_bytes(load.body)
        if self.log:
            self.log.unlink(missing_ok=True)
        out = subprocess.run(
            ["h2load", "-t1", f"-c{concurrency}", "-m1", f"-D{seconds}", "-w30", "-W30", "-d", body, "-H", "content-type: application/grpc",
             "-H", "te: trailers", *([f"--log-file={self.log}"] if self.log else []), f"http://127.0.0.1:{port}{path}"],
            capture_output=True, text=True, check=True,
        ).stdout
        done, failed = (int(re.search(rf"(\d+) {what}", out).group(1)) for what in ("succeeded", "failed"))
        if done == 0 or failed or int(re.search(r"\((\d+)\) data", out).group(1)) / done < load.least_answer:
            sys.exit(f"errors under load:\n{out}")
        if self.log:
            self.latencies = [int(line.split("\t")[2]) for line in self.log.read_text().splitlines()]
        least, _, mean = re.search(r"^req/s\s*:\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)", out, re.MULTILINE).groups()
        self.slowest = float(least) / float(mean)
        return float(re.search(r"([\d.]+) req/s", out).group(1))


class Wrk:
    """Closed-loop load: as many connections as the concurrency, each waiting for its answer."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, url, load, concurrency, seconds):
        """Requests a second, and latencies of the 50th, 99th and 99.9th percentile in milliseconds."""
        self.folder.joinpath("body").write_bytes(load.body)
        headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in load.headers.items())
        # Without a function of its own for requests, wrk makes one and sends it again and again.
        script = f'wrk.method = "POST"\nlocal f = io.open("{self.folder}/body", "rb")\nwrk.body = f:read("*a")\nf:close()\n{headers}'
        return self.execute(url, script, concurrency, seconds)

    def mixed(self, url, requests, concurrency, seconds):
        """The same of several requests, (body, headers) each, in turn."""
        lines = ["local all = {}"]
        for i, (body, headers) in enumerate(requests):
            file = self.folder / f"body{i}"
            file.write_bytes(body)
            said = ", ".join(f'["{name}"] = "{value}"' for name, value in headers.items())
            lines.append(f'local f = io.open("{file}", "rb")\nall[{i + 1}] = {{ headers = {{ {said} }}, body = f:read("*a") }}\nf:close()')
        # Only here are the headers known that wrk adds itself.
        lines.append('function init() for i, one in ipairs(all) do all[i] = wrk.format("POST", nil, one.headers, one.body) end end')
        lines.append("local turn = 0\nfunction request() turn = turn % #all + 1 return all[turn] end\n")
        return self.execute(url, "\n".join(lines), concurrency, seconds)

    def execute(self, url, text, concurrency, seconds):
        script = self.folder / "load.lua"
        script.write_text(
            f'{text}function done(summary, latency)\n  for _, p in ipairs({{50, 99, 99.9}}) do print("percentile " .. latency:percentile(p)) end\nend\n'
        )
        out = subprocess.run(
            ["wrk", "-t1", f"-c{concurrency}", f"-d{seconds}s", "--timeout", "60s", "-s", script, url], capture_output=True, text=True, check=True,
        ).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            sys.exit(f"errors under load:\n{out}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        return rate, [float(micros) / 1000 for micros in re.findall(r"^percentile (\S+)", out, re.MULTILINE)]


def in_process(model_file, threads, seconds):
    """Runs a second of the same model without wire or engine."""
    jars = pathlib.Path.home().glob(".m2/repository/com/microsoft/onnxruntime/onnxruntime/*/onnxruntime-*.jar")
    class_path = os.pathsep.join([str(ROOT / "bench/target/classes"), *map(str, jars)])
    out = subprocess.run(
        ["java", "-cp", class_path, "io.longshore.bench.InProcess", str(model_file), str(threads), "1", str(seconds), "1,128,1,128,1,128"],
        capture_output=True, text=True, check=True, env=dict(os.environ, ORT_DISABLE_TELEMETRY="1"),
    ).stdout
    return float(out.strip().splitlines()[-1])
