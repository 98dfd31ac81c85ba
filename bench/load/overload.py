"""What a server answers while it is offered more than it can do."""
import shutil
import statistics
import struct
import sys
import threading
import time

import harness
from harness import GrpcLoad, H2load, Load, Server, Wrk
from models import add_sleeping_model
from openloop import arrivals

# What a client waits for, and how many the operator lets wait: less than that time's work.
TIMEOUT_MILLIS, WAITING = 2000, 32
SLEEP_MILLIS = 20
CONCURRENCIES = (2, 4, 8)
TIMES, CONNECTIONS, SEED = 3, 512, 5


def overload(folder, options):
    server = Server.started(folder, f"--model-repository={repository(folder)}")
    try:
        print(f"two instances, at most {WAITING} requests wait, each with a timeout of {TIMEOUT_MILLIS} ms; {TIMES} times the peak is offered for "
              f"{options.long} s on {CONNECTIONS} connections; `sleeping` sleeps {SLEEP_MILLIS} ms and takes no core\n")
        print("| load | peak, answers/s | offered/s | in time/s | of the peak | refused at once | too late | refused after, p50 / p99 / max "
              "| from sending | answered after, p50 / p99 / max | resident MiB |\n|---|---|---|---|---|---|---|---|---|---|---|")
        for name, tensors in (("minilm", harness.packed_tokens()), ("sleeping", [("MILLIS", "INT32", [1], struct.pack("<i", SLEEP_MILLIS))])):
            for wire in (Rest(server, folder, name, tensors), Grpc(server, folder, name, tensors)):
                if options.only in wire.name:
                    row(wire, server, options)
    finally:
        server.stop()


def repository(folder):
    models = folder / "models"
    policy = f"dynamic_batching {{ default_queue_policy {{ max_queue_size: {WAITING} }} }}\n"
    shutil.copytree(harness.distribution() / "models/minilm", models / "minilm")
    file = models / "minilm/config.pbtxt"
    file.write_text(file.read_text().replace("max_batch_size: 64\n", f"max_batch_size: 4\n{policy}"))
    add_sleeping_model(models, more=f"instance_group {{ count: 2 }} {policy}")
    return models


class Rest:
    """Requests over HTTP with binary tensors; without a timeout in closed loop, where none is refused."""

    def __init__(self, server, folder, model, tensors):
        self.name = f"{model} REST"
        self.load = Load(model, *harness.as_binary(tensors), CONCURRENCIES)
        self.url = server.url(self.load.path)
        self.wrk = Wrk(folder)
        body, self.headers = harness.as_binary(tensors, {"timeout": TIMEOUT_MILLIS * 1000})
        self.file = folder / "rest"
        self.file.write_bytes(body)

    def closed(self, concurrency, seconds):
        return self.wrk.run(self.url, self.load, concurrency, seconds)[0]

    def open(self, rate, seconds, warmup):
        return arrivals(self.url, self.file, rate, seconds, warmup, SEED, CONNECTIONS, self.headers)


class Grpc:
    """The same requests over gRPC."""

    def __init__(self, server, folder, model, tensors):
        self.name = f"{model} gRPC"
        self.load = GrpcLoad(model, tensors, CONCURRENCIES)
        self.port = server.grpc_port
        self.h2load = H2load(folder)
        self.file = folder / "grpc"
        # The generator frames a message itself.
        self.file.write_bytes(harness.as_message(model, tensors, {"timeout": TIMEOUT_MILLIS * 1000})[5:])

    def closed(self, concurrency, seconds):
        return self.h2load.run(self.port, H2load.INFER, self.load, concurrency, seconds)

    def open(self, rate, seconds, warmup):
        return arrivals(f"grpc://127.0.0.1:{self.port}{H2load.INFER}", self.file, rate, seconds, warmup, SEED, CONNECTIONS)


def row(wire, server, options):
    wire.closed(4, options.warmup)
    seconds = max(4, options.long // 6)
    before = peak(wire, seconds)
    with Memory(server) as memory:
        warmup = max(2, options.long // 12)
        memory.mark(warmup, *(warmup + part * options.long / 3 for part in (1, 2, 3)))
        outcomes = wire.open(TIMES * before, options.long, warmup)
    # Before and after, since the machine's speed may change.
    limit = statistics.mean((before, peak(wire, seconds)))
    good = in_time(outcomes)
    late = [one for one in outcomes if is_late(one)]
    refused = [one for one in outcomes if is_refusal(one.fault)]
    others = [one.fault for one in outcomes if one.fault and not is_late(one) and not is_refusal(one.fault)]
    if others or not refused:
        sys.exit(f"{len(refused)} requests refused, {len(others)} failed otherwise, such as {others[:1]}")
    goodput = len(good) / options.long
    print(f"| {wire.name} | {limit:.1f} | {len(outcomes) / options.long:.1f} | {goodput:.1f} | {goodput / limit:.2f} | {len(refused) / len(outcomes):.0%} "
          f"| {len(late) / len(outcomes):.1%} | {spread([one.latency for one in refused])} | {spread([one.latency - one.delay for one in refused])} "
          f"| {spread([one.latency for one in good])} | {memory} |", flush=True)


def peak(wire, seconds):
    """Answers a second where the same generator, which takes its share of the processors, offers a tenth more than closed loops get at most."""
    offered = 1.1 * max(wire.closed(concurrency, seconds) for concurrency in CONCURRENCIES)
    return len(in_time(wire.open(offered, seconds, max(2, seconds // 4)))) / seconds


def in_time(outcomes):
    return [one for one in outcomes if not one.fault and one.latency <= TIMEOUT_MILLIS]


def is_late(one):
    return "expired" in one.fault if one.fault else one.latency > TIMEOUT_MILLIS


def is_refusal(fault):
    return ("503" in fault or "UNAVAILABLE" in fault) and "expired" not in fault


def spread(millis):
    ordered = sorted(millis)
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[len(ordered) * 99 // 100]:.1f} / {ordered[-1]:.0f} ms"


class Memory:
    """The server's resident memory in MiB before, and so many seconds after each mark, while this is open."""

    def __init__(self, server):
        self.server = server
        self.seen = [(0, server.memory())]
        self.over = threading.Event()

    def mark(self, *seconds):
        self.thread = threading.Thread(target=self.watch, args=(time.monotonic(), seconds))
        self.thread.start()

    def watch(self, begun, seconds):
        for second in seconds:
            if self.over.wait(begun + second - time.monotonic()):
                return
            self.seen.append((second, self.server.memory()))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.over.set()
        self.thread.join()

    def __str__(self):
        return ", ".join(f"{mebibytes:.0f} ({second:.0f} s)" for second, mebibytes in self.seen)
