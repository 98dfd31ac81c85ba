#!/usr/bin/env python3
"""Measures the packaged server beside its limits, in one run, and prints Markdown tables.

  throughput  requests a second beside a bare servlet in the same server that reads the same body and returns an answer of
              the same size, or beside the same model called in-process through ONNX Runtime's Java interface
  grpc        calls a second beside an echo in the same server, on the same grpc-java, answered on its event loops, of the same message
  batching    minilm one by one and batched by length, beside the same model called in-process; and texts of mixed lengths
  goal        minilm with a latency goal beside the same one by one and beside a fixed delay
  observing   throughput with one of 100 requests traced into a file and metrics scraped each second, beside neither
  connections memory of idle gRPC connections; what they and busy ones get from each other
  memory      resident memory: idle, and at most while eight requests of 16 MiB are in flight
  fairness    the throughput of one model while 200 requests wait for another that sleeps 2 s
  cache       answers of minilm from the response cache beside those that the model gives, and what a miss costs more
  overload    answers in time, refusals and memory while three times the peak is offered for a minute as a Poisson process; the peak is what
              the same generator gets where a tenth more is offered than closed loops get
  killed      right answers of 32 clients while a process with 32 others is killed again and again, and what remains
  idle        threads and memory of 1,000 models that nobody asks, with and without dynamic batching
  start       seconds until the first answer, beside the same server with an application that does nothing and has a JAX-RS
              resource, a CDI bean and a singleton EJB; and the processor time of both

Each pair is measured in turn, in short pieces, because the speed of shared machines changes from minute to minute; tables
have medians and the median of the ratios. Needs a built tree (mvn package), wrk, h2load and Java.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import harness
from batching import batching
from connections import Connection
from counts import settled
from goal import goal
from harness import H2load, Server, Wrk, grpc_loads, loads
from idle import idle
from killed import killed
from models import add_sleeping_model
from overload import overload


def throughput(folder, options):
    server = Server.started(folder)
    try:
        print("| load | concurrency | requests/s | limit | ratio | latency p50 / p99 / p99.9 |\n|---|---|---|---|---|---|")
        for name, load in loads().items():
            if options.only in name:
                for concurrency in load.concurrencies:
                    pair(server, Wrk(folder), name, load, concurrency, options)
    finally:
        server.stop()


def pair(server, wrk, name, load, concurrency, options):
    answer = len(server.wait("POST", load.path, load.body, load.headers)[1])
    bare = server.url(f"/bare/x?answer={answer}")
    if concurrency == load.concurrencies[0]:
        wrk.run(server.url(load.path), load, 8, options.warmup)
        wrk.run(bare, load, 8, options.warmup // 2)
    ours, limits = [], []
    for _ in range(options.rounds):
        ours.append(wrk.run(server.url(load.path), load, concurrency, options.seconds))
        # What the generator left behind runs on, and would slow the limit down.
        settled(server)
        if load.model == "minilm":
            limits.append(harness.in_process(server.home / "models/minilm/1/model.onnx", min(concurrency, os.cpu_count()), options.seconds))
        else:
            limits.append(wrk.run(bare, load, concurrency, options.seconds)[0])
    rates = [rate for rate, _ in ours]
    ratio = statistics.median(rate / limit for rate, limit in zip(rates, limits))
    latency = ours[rates.index(statistics.median_high(rates))][1]
    limit_name = "in-process" if load.model == "minilm" else "bare servlet"
    print(f"| {name} | {concurrency} | {statistics.median(rates):,.1f} | {limit_name} {statistics.median(limits):,.1f} "
          f"| {ratio:.2f} | {' / '.join(f'{millis:.2f}' for millis in latency)} ms |", flush=True)


def grpc(folder, options):
    server = Server.started(folder)
    try:
        print("| load | concurrency | calls/s | echo | ratio | processor time a call, of echo | latency p50 / p99 / p99.9 |\n|---|---|---|---|---|---|---|")
        for name, load in grpc_loads().items():
            if options.only in name:
                warm_up(server, H2load(folder), load, options)
                for concurrency in load.concurrencies:
                    grpc_pair(server, H2load(folder), name, load, concurrency, options)
    finally:
        server.stop()


def warm_up(server, h2load, load, options):
    h2load.run(server.grpc_port, h2load.INFER, load, 8, options.warmup)
    h2load.run(server.echo_port, h2load.ECHO, load, 8, options.warmup // 2)


def grpc_pair(server, h2load, name, load, concurrency, options):
    ours, echoes = [], []
    for _ in range(options.rounds):
        ours.append(timed(server, lambda: h2load.run(server.grpc_port, h2load.INFER, load, concurrency, options.seconds), options))
        echoes.append(timed(server, lambda: h2load.run(server.echo_port, h2load.ECHO, load, concurrency, options.seconds), options))
    ratio = statistics.median(rate / limit for (rate, _), (limit, _) in zip(ours, echoes))
    rates, times = zip(*[[statistics.median(values) for values in zip(*pairs)] for pairs in (ours, echoes)])
    latency = percentiles(h2load, lambda: h2load.run(server.grpc_port, h2load.INFER, load, concurrency, options.seconds))
    print(f"| {name} | {concurrency} | {rates[0]:,.1f} | {rates[1]:,.1f} | {ratio:.2f} | {times[0]:,.0f} µs, {times[1]:,.0f} µs "
          f"| {' / '.join(f'{millis:.2f}' for millis in latency)} ms |", flush=True)


def percentiles(h2load, measure):
    """Milliseconds of the 50th, 99th and 99.9th percentile in a run of their own, since noting them costs the generator time."""
    h2load.log = h2load.folder / "latencies"
    measure()
    h2load.log = None
    ordered = sorted(h2load.latencies)
    return [ordered[int(len(ordered) * part)] / 1000 for part in (0.5, 0.99, 0.999)]


def timed(server, measure, options):
    """What was measured, and the server's processor time for each of the calls in microseconds."""
    before = server.processor_time()
    rate = measure()
    return rate, (server.processor_time() - before) / (rate * options.seconds) * 1e6


class Observed:
    """While this is open, one of 100 requests is traced and the metrics are scraped each second."""

    def __init__(self, server):
        self.server = server
        self.over = threading.Event()

    def trace(self, level):
        settings = json.dumps({"trace_level": [level], "trace_rate": "100"})
        status, answer = self.server.request("POST", "/v2/trace/setting", settings)
        if status != 200:
            sys.exit(f"no tracing: {answer}")

    def scrape(self):
        while not self.over.wait(1):
            self.server.request("GET", "/metrics")

    def __enter__(self):
        self.trace("TIMESTAMPS")
        self.thread = threading.Thread(target=self.scrape)
        self.thread.start()

    def __exit__(self, *failure):
        self.over.set()
        self.thread.join()
        self.trace("OFF")


def observing(folder, options):
    server = Server.started(folder, f"--trace-config=triton,file={folder}/trace.json")
    try:
        print("| load | concurrency | requests/s | observed | ratio | processor time a request, observed |\n|---|---|---|---|---|---|")
        rest, call = loads()["simple JSON"], grpc_loads()["simple"]
        measures = {
            "REST `simple` JSON": lambda concurrency, seconds: Wrk(folder).run(server.url(rest.path), rest, concurrency, seconds)[0],
            "gRPC `simple`": lambda concurrency, seconds: H2load(folder).run(server.grpc_port, H2load.INFER, call, concurrency, seconds),
        }
        for name, measure in measures.items():
            measure(8, options.warmup)
            for concurrency in (1, 16):
                observed_pair(server, name, lambda: measure(concurrency, options.seconds), concurrency, options)
        print(f"\n{len(json.loads((folder / 'trace.json').read_text())):,} objects in the trace file", flush=True)
    finally:
        server.stop()


def observed_pair(server, name, measure, concurrency, options):
    alone, observed = [], []
    for _ in range(options.rounds):
        alone.append(timed(server, measure, options))
        with Observed(server):
            observed.append(timed(server, measure, options))
    ratio = statistics.median(seen / free for (seen, _), (free, _) in zip(observed, alone))
    rates, times = zip(*[[statistics.median(values) for values in zip(*pairs)] for pairs in (alone, observed)])
    print(f"| {name} | {concurrency} | {rates[0]:,.0f} | {rates[1]:,.0f} | {ratio:.2f} | {times[0]:,.1f} µs, {times[1]:,.1f} µs |", flush=True)


IDLE, BUSY = 500, 64


def connections(folder, options):
    server = Server.started(folder)
    idle = []
    try:
        h2load, load = H2load(folder), grpc_loads()["simple"]
        h2load.run(server.grpc_port, h2load.INFER, load, BUSY, options.warmup)
        before = server.settled_memory()
        idle = [Connection(server.grpc_port, H2load.INFER, load.body) for _ in range(IDLE)]
        after = server.settled_memory()
        print("| | heap, KiB each | resident, KiB each |\n|---|---|---|")
        print(f"| {IDLE} idle connections | " + " | ".join(f"{(b - a) * 1024 / IDLE:.0f}" for a, b in zip(before, after)) + " |", flush=True)
        both = []
        alone = h2load.run(server.grpc_port, h2load.INFER, load, BUSY, options.seconds)
        thread = threading.Thread(target=lambda: both.append(h2load.run(server.grpc_port, h2load.INFER, load, BUSY, options.seconds)))
        thread.start()
        waits = []
        while thread.is_alive():
            waits.extend(connection.call() for connection in idle[:50])
            idle = idle[50:] + idle[:50]
        thread.join()
        waits.sort()
        print(f"\n{BUSY} busy connections: {alone:,.0f} calls/s alone, {both[0]:,.0f} while {len(waits):,} calls came from the idle ones, one at a "
              f"time: {waits[len(waits) // 2] * 1e3:.1f} ms (median), {waits[len(waits) * 99 // 100] * 1e3:.1f} ms (99th percentile), "
              f"{waits[-1] * 1e3:.1f} ms (slowest). Of the busy connections the slowest made {h2load.slowest:.0%} of the mean's calls", flush=True)
    finally:
        for connection in idle:
            connection.close()
        server.stop()


def memory(folder, options):
    server = Server.started(folder)
    try:
        idle = server.memory()
        server.reset_peak()
        load = loads()["identity 16 MiB binary"]
        rate, _ = Wrk(folder).run(server.url(load.path), load, 8, options.warmup)
        peak = server.memory("VmHWM")
        print(f"resident: {idle:.0f} MiB idle with the demo; at most {peak:.0f} MiB, so {peak - idle:.0f} MiB more, while eight requests "
              f"of 16 MiB are in flight for {options.warmup} s ({rate:.1f} requests/s)", flush=True)
    finally:
        server.stop()


SLEEP = 2000


def fairness(folder, options):
    repository = folder / "models"
    shutil.copytree(harness.distribution() / "models/simple", repository / "simple")
    add_sleeping_model(repository)
    server = Server.started(folder, f"--model-repository={repository}", "--exit-timeout-secs=1")
    try:
        wrk, load = Wrk(folder), loads()["simple JSON"]
        wrk.run(server.url(load.path), load, 16, options.warmup)
        print("| waiting for the sleeping model | `simple` requests/s, concurrency 16 |\n|---|---|")
        alone, beside = [], []
        body, headers = harness.as_json([{"name": "MILLIS", "shape": [1], "datatype": "INT32", "data": [SLEEP]}])
        for _ in range(options.rounds):
            alone.append(wrk.run(server.url(load.path), load, 16, options.seconds)[0])
            with Waiting(server, 200, body, headers):
                beside.append(wrk.run(server.url(load.path), load, 16, options.seconds)[0])
        ratio = statistics.median(b / a for a, b in zip(alone, beside))
        print(f"| 0 | {statistics.median(alone):,.0f} |\n| 200 | {statistics.median(beside):,.0f} |\n\nratio {ratio:.2f}", flush=True)
    finally:
        server.stop()


class Waiting:
    """So many clients that wait for the sleeping model until this is closed; then they hang up."""

    def __init__(self, server, count, body, headers):
        self.connections = []
        head = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "Content-Length": len(body), "Host": "localhost"}.items())
        self.request = f"POST /v2/models/sleeping/infer HTTP/1.1\r\n{head}\r\n".encode() + body
        self.server = server
        self.count = count

    def __enter__(self):
        for _ in range(self.count):
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            connection.sendall(self.request)
            self.connections.append(connection)
        return self

    def __exit__(self, *failure):
        for connection in self.connections:
            connection.close()


def cache(folder, options):
    repository = folder / "models"
    demo = harness.distribution() / "models/minilm"
    for name, more in (("plain", ""), ("cached", "response_cache { enable: true }")):
        shutil.copytree(demo, repository / name)
        file = repository / name / "config.pbtxt"
        file.write_text(file.read_text().replace('name: "minilm"', more))
    server = Server.started(folder, f"--model-repository={repository}", "--cache-config=local,size=100000000")
    try:
        wrk, load = Wrk(folder), loads()["minilm 128 tokens binary"]
        urls = {name: server.url(f"/v2/models/{name}/infer") for name in ("plain", "cached")}
        wrk.run(urls["plain"], load, 8, options.warmup)
        wrk.run(urls["cached"], load, 8, options.warmup // 2)
        print("| concurrency | `minilm` requests/s | from the cache | ratio |\n|---|---|---|---|")
        for concurrency in (1, 16):
            plain, cached = [], []
            for _ in range(options.rounds):
                plain.append(wrk.run(urls["plain"], load, concurrency, options.seconds)[0])
                cached.append(wrk.run(urls["cached"], load, concurrency, options.seconds)[0])
            ratio = statistics.median(b / a for a, b in zip(plain, cached))
            print(f"| {concurrency} | {statistics.median(plain):,.0f} | {statistics.median(cached):,.0f} | {ratio:,.0f} |", flush=True)
        print(f"\na miss takes {misses(server, load, options):.2f} times as long as a request without the cache", flush=True)
    finally:
        server.stop()


def misses(server, load, options):
    """The median ratio of latencies of requests that differ in their last token, alternating between the two models."""
    ratios = []
    for i in range(50 * options.rounds):
        # The last eight bytes of the tokens, which lie before the mask and the types.
        end = len(load.body) - 2 * 128 * 8
        body = load.body[: end - 8] + (1000 + i).to_bytes(8, "little") + load.body[end:]
        times = []
        for model in ("plain", "cached"):
            begun = time.monotonic()
            status, answer = server.request("POST", f"/v2/models/{model}/infer", body, load.headers)
            times.append(time.monotonic() - begun)
            if status != 200:
                sys.exit(f"no answer: {answer}")
        ratios.append(times[1] / times[0])
    return statistics.median(ratios)


def start(folder, options):
    home = folder / "longshore"
    shutil.copytree(harness.distribution(), home, symlinks=True)
    # The class archive fits only the folder that it was made in.
    subprocess.run([home / "bin/longshore", "prepare"], check=True, capture_output=True)
    floor_home = folder / "floor"
    shutil.copytree(harness.distribution(), floor_home, symlinks=True)
    make_floor(floor_home)
    load = loads()["simple JSON"]
    archive = {"LONGSHORE_JVM_OPTS": f"-XX:SharedArchiveFile={folder}/floor.jsa"}
    first_answer(folder / "floor-state", floor_home, FLOOR_PATH, load, {"LONGSHORE_JVM_OPTS": f"-XX:ArchiveClassesAtExit={folder}/floor.jsa"})
    first_answer(folder / "state", home, load.path, load, {})
    ours, floors = [], []
    for _ in range(options.rounds):
        ours.append(first_answer(folder / "state", home, load.path, load, {}))
        floors.append(first_answer(folder / "floor-state", floor_home, FLOOR_PATH, load, archive))
    print("| first answer of | seconds | of processor time |\n|---|---|---|")
    for name, times in (("`simple`, the demo", ours), ("the same features, an application that does nothing", floors)):
        print(f"| {name} | {statistics.median(t for t, _ in times):.2f} | {statistics.median(cpu for _, cpu in times):.1f} |")
    ratios = [statistics.median(a[i] / b[i] for a, b in zip(ours, floors)) for i in (0, 1)]
    print(f"\nratio {ratios[0]:.2f}, of processor time {ratios[1]:.2f}", flush=True)


FLOOR_PATH = "/floor/started"


def make_floor(home):
    """The same server with the floor in the application's place, and without what is made warm for the application."""
    file = home / "wlp/usr/servers/longshore/server.xml"
    text = file.read_text()
    begin, end = text.index("<enterpriseApplication"), text.index("</enterpriseApplication>") + len("</enterpriseApplication>")
    file.write_text(text[:begin] + f'<webApplication id="floor" location="{harness.FLOOR_WAR}" contextRoot="/floor"/>' + text[end:])
    shutil.rmtree(home / "warm")


def first_answer(folder, home, path, load, environment):
    """Seconds until the first answer, and the processor time that they took."""
    folder.mkdir(exist_ok=True)
    server = Server(folder, home, environment=environment)
    try:
        return server.wait("POST", path, load.body, load.headers)[0], server.processor_time()
    finally:
        server.stop()


SECTIONS = {"throughput": throughput, "grpc": grpc, "batching": batching, "goal": goal, "observing": observing,
            "connections": connections, "memory": memory, "fairness": fairness, "cache": cache,
            "overload": overload, "killed": killed, "idle": idle, "start": start}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all of them if none is named")
    parser.add_argument("--rounds", type=int, default=5, help="pairs measured (default: %(default)s)")
    parser.add_argument("--seconds", type=int, help="seconds of each measurement (default: 4; overload, killed: 60)")
    parser.add_argument("--warmup", type=int, default=30, help="seconds of load before measuring (default: %(default)s)")
    parser.add_argument("--only", default="", help="throughput, grpc, overload: only loads whose name contains this")
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {unknown[0]}; there are {', '.join(SECTIONS)}")
    options.long, options.seconds = options.seconds or 60, options.seconds or 4
    print(f"{platform.machine()}, {os.cpu_count()} cores shared by server and load generator; {options.rounds} rounds of {options.seconds} s\n")
    for name in options.sections or SECTIONS:
        print(f"### {name}\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            SECTIONS[name](pathlib.Path(folder), options)
        print(flush=True)


if __name__ == "__main__":
    main()
