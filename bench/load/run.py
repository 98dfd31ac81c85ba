#!/usr/bin/env python3
"""Measures a started server beside its limits, in one run, and prints a Markdown table.

Limits: a bare servlet in the same server that reads the same body and returns an answer of the same size, and the same
model called in-process through ONNX Runtime's Java interface. Each pair is measured in turn, several times; the table has
medians and the median of the ratios.

Needs a built tree (mvn package), wrk and Java.  Usage: bench/load/run.py [--rounds 3] [--seconds 8] [--warmup 30] [--only NAME]
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20


def only(paths):
    found = list(paths)
    if len(found) != 1:
        sys.exit(f"expected one of {paths}, found {found}; run mvn package first")
    return found[0]


class Server:
    """The distribution with the bare servlet beside the application, on a free loopback port."""

    def __init__(self, folder):
        dist = only(p for p in (ROOT / "liberty/target").glob("longshore-*") if p.is_dir())
        self.home = folder / "longshore"
        shutil.copytree(dist, self.home, symlinks=True)
        overrides = self.home / "wlp/usr/servers/longshore/configDropins/defaults"
        overrides.mkdir(parents=True, exist_ok=True)
        bare = ROOT / "bench/bare-servlet/target/bare.war"
        overrides.joinpath("bench.xml").write_text(
            f'<server><webApplication id="bare" location="{bare}" contextRoot="/bare"/></server>'
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(folder / "server.log", "w")
        environment = dict(os.environ, LONGSHORE_STATE_DIR=str(folder / "state"))
        self.process = subprocess.Popen(
            [self.home / "bin/longshore", "serve", f"--http-port={self.port}"],
            env=environment, stdout=self.log, stderr=subprocess.STDOUT,
        )
        self.wait("/v2/health/ready")
        self.wait("/bare/x?answer=1", b"x")

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait(self, path, body=None):
        for _ in range(600):
            try:
                urllib.request.urlopen(urllib.request.Request(self.url(path), data=body)).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"the server ended, see {self.log.name}")
                time.sleep(0.2)
        sys.exit(f"the server did not get ready, see {self.log.name}")

    def post(self, path, body, headers):
        return urllib.request.urlopen(urllib.request.Request(self.url(path), data=body, headers=headers)).read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def json_request(inputs):
    return json.dumps({"inputs": inputs}).encode(), {"Content-Type": "application/json"}


def binary_request(tensors):
    """tensors: (name, datatype, shape, bytes)."""
    header = json.dumps({
        "inputs": [{"name": n, "datatype": t, "shape": s, "parameters": {"binary_data_size": len(b)}} for n, t, s, b in tensors],
        "parameters": {"binary_data_output": True},
    }).encode()
    headers = {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(header))}
    return header + b"".join(b for _, _, _, b in tensors), headers


def loads():
    ints = list(range(16))
    packed = struct.pack("<16i", *ints)
    floats = [((i * 7919) % 10007) / 997.0 for i in range(262144)]
    tokens = struct.pack("<128q", *([101] + [2000 + i for i in range(126)] + [102]))
    ones = struct.pack("<128q", *([1] * 128))
    zeros = struct.pack("<128q", *([0] * 128))
    sixteen = b"\x00\x00\x80\x3f" * (4 * MEGABYTE)
    simple = [{"name": n, "shape": [1, 16], "datatype": "INT32", "data": ints} for n in ("INPUT0", "INPUT1")]
    bert = [("input_ids", "INT64", [1, 128], tokens), ("attention_mask", "INT64", [1, 128], ones), ("token_type_ids", "INT64", [1, 128], zeros)]
    identity = [{"name": "INPUT0", "shape": [262144], "datatype": "FP32", "data": floats}]
    return {
        "simple JSON": ("simple", json_request(simple), (1, 16, 64)),
        "simple binary": ("simple", binary_request([(n, "INT32", [1, 16], packed) for n in ("INPUT0", "INPUT1")]), (1, 16, 64)),
        "identity 16 MiB binary": ("identity_fp32", binary_request([("INPUT0", "FP32", [4 * MEGABYTE], sixteen)]), (1, 4)),
        "identity 262,144 floats JSON": ("identity_fp32", json_request(identity), (1, 2)),
        "minilm 128 tokens binary": ("minilm", binary_request(bert), (1, 2, 16, 64)),
    }


class Wrk:
    """Closed-loop load: as many connections as the concurrency, each waiting for its answer."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, url, body, headers, concurrency, seconds):
        body_file = self.folder / "body"
        body_file.write_bytes(body)
        script = self.folder / "load.lua"
        lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
        script.write_text(
            'wrk.method = "POST"\n'
            f'local f = io.open("{body_file}", "rb")\nwrk.body = f:read("*a")\nf:close()\n' + "\n".join(lines)
        )
        out = subprocess.run(
            ["wrk", "-t1", f"-c{concurrency}", f"-d{seconds}s", "--timeout", "60s", "--latency", "-s", script, url],
            capture_output=True, text=True, check=True,
        ).stdout
        if "Non-2xx" in out:
            sys.exit(f"errors under load:\n{out}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        latency = {p: re.search(rf"{p}%\s+(\S+)", out).group(1) for p in ("50", "99")}
        return rate, latency


def in_process(model, threads, seconds):
    """Runs a second of the same model without wire or engine."""
    jars = list(pathlib.Path.home().glob(".m2/repository/com/microsoft/onnxruntime/onnxruntime/*/onnxruntime-*.jar"))
    class_path = os.pathsep.join([str(ROOT / "bench/target/classes")] + [str(j) for j in jars])
    out = subprocess.run(
        ["java", "-cp", class_path, "io.longshore.bench.InProcess", model, str(threads), "1", str(seconds), "1,128,1,128,1,128"],
        capture_output=True, text=True, check=True, env=dict(os.environ, ORT_DISABLE_TELEMETRY="1"),
    ).stdout
    return float(out.strip().splitlines()[-1])


def measure(server, wrk, name, options):
    model, (body, headers), concurrencies = loads()[name]
    path = f"/v2/models/{model}/infer"
    answer = len(server.post(path, body, headers))
    bare = server.url(f"/bare/x?answer={answer}")
    for url in (server.url(path), bare):
        wrk.run(url, body, headers, 4, options.warmup)
    for concurrency in concurrencies:
        ours, limits = [], []
        for _ in range(options.rounds):
            ours.append(wrk.run(server.url(path), body, headers, concurrency, options.seconds))
            if model == "minilm":
                file = server.home / "models/minilm/1/model.onnx"
                limits.append(in_process(str(file), min(concurrency, os.cpu_count()), options.seconds))
            else:
                limits.append(wrk.run(bare, body, headers, concurrency, options.seconds)[0])
        rates = [rate for rate, _ in ours]
        ratio = statistics.median(rate / limit for rate, limit in zip(rates, limits))
        latency = ours[rates.index(statistics.median_high(rates))][1]
        limit_name = "in-process" if model == "minilm" else "bare servlet"
        print(f"| {name} | {concurrency} | {statistics.median(rates):,.1f} | {limit_name} {statistics.median(limits):,.1f} "
              f"| {ratio:.2f} | {latency['50']} / {latency['99']} |", flush=True)


def memory(server):
    for line in subprocess.run(["pgrep", "-f", f"http-port={server.port}"], capture_output=True, text=True).stdout.split():
        status = pathlib.Path(f"/proc/{line}/status").read_text()
        if "\nName:\tjava" in "\n" + status:
            return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) // 1024
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--warmup", type=int, default=30)
    parser.add_argument("--only", help="part of a load's name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Server(folder)
        try:
            print(f"{platform.machine()}, {os.cpu_count()} cores shared by server and load generator; "
                  f"{options.rounds} rounds of {options.seconds} s; resident at the start {memory(server)} MiB\n")
            print("| load | concurrency | requests/s | limit | ratio | latency p50 / p99 |\n|---|---|---|---|---|---|")
            for load in loads():
                if not options.only or options.only in load:
                    measure(server, Wrk(folder), load, options)
            print(f"\nresident afterwards {memory(server)} MiB")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
