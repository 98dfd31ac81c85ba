"""What the others get, and what remains, while a process with half of the clients is killed again and again.

As a program it is such a process: so many clients that call as fast as they get answers and check each, until it is killed or
its input ends; then it prints how many answers there were.
"""
import http.client
import re
import shutil
import struct
import subprocess
import sys
import threading
import time

import harness
from connections import Connection
from counts import Counts, expect, settled
from harness import H2load, Server

# So that nearly all clients have a request in flight that waits for others, and the dead share executions with the living.
CONFIG = "max_batch_size: 48\ndynamic_batching { max_queue_delay_microseconds: 20000 }\n"
HALF, PAUSE_SECONDS = 32, 0.3
MODEL = "simple"


def killed(folder, options):
    repository = folder / "models"
    shutil.copytree(harness.distribution() / "models/simple", repository / MODEL)
    file = repository / MODEL / "config.pbtxt"
    file.write_text(re.sub(r"max_batch_size: \d+\n", CONFIG, file.read_text()))
    server = Server.started(folder, f"--model-repository={repository}", "--model-control-mode=explicit", "--load-model=*")
    try:
        print(f"{HALF} clients live while a process with {HALF} others is killed every {PAUSE_SECONDS} s for {options.long} s; then all is asked for once more\n")
        print("| wire | kills | answers to the living, all right | rows an execution | counted as withdrawn | as failed otherwise "
              "| then waiting, in flight, bytes | unloaded after |\n|---|---|---|---|---|---|---|---|")
        for wire, port in (("REST", server.port), ("gRPC", server.grpc_port)):
            row(wire, port, server, options)
    finally:
        server.stop()


def row(wire, port, server, options):
    before = Counts(server)
    living, kills = Clients(wire, port, 0), 0
    until = time.monotonic() + options.long
    while time.monotonic() < until:
        doomed = Clients(wire, port, HALF)
        doomed.await_ready()
        time.sleep(PAUSE_SECONDS)
        doomed.process.kill()
        doomed.process.wait()
        kills += 1
    answers = living.stop()
    after = settled(server)
    begun = time.monotonic()
    expect(server, "POST", f"/v2/repository/models/{MODEL}/unload")
    while MODEL in ready(server):
        time.sleep(0.001)
    unloaded = time.monotonic() - begun
    expect(server, "POST", f"/v2/repository/models/{MODEL}/load")
    rows = (after.rows - before.rows) / (after.executions - before.executions)
    print(f"| {wire} | {kills} | {answers:,} | {rows:.1f} | {after.withdrawn - before.withdrawn:,.0f} | {after.failed - before.failed:,.0f} "
          f"| {after.waiting:.0f}, {after.in_flight:.0f}, {after.bytes:.0f} | {unloaded * 1e3:.0f} ms |", flush=True)


class Clients:
    """A process with half of the clients."""

    def __init__(self, wire, port, first):
        self.process = subprocess.Popen(
            [sys.executable, __file__, wire, str(port), str(first)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def await_ready(self):
        self.process.stdout.readline()

    def stop(self):
        """Answers that the clients got; fails where one was wrong or missing."""
        out, _ = self.process.communicate()
        if self.process.returncode:
            sys.exit("a living client did not get its answer")
        return int(out.split()[-1])


def ready(server):
    return expect(server, "POST", "/v2/repository/index", b'{"ready":true}').decode()


def tensors(client):
    """The inputs of one client, and the bytes that its answer has: nobody else's are the same."""
    values = [1000 * client + i for i in range(16)]
    ones = [client] * 16
    expected = struct.pack("<16i", *(a + b for a, b in zip(values, ones)))
    return [("INPUT0", "INT32", [1, 16], struct.pack("<16i", *values)), ("INPUT1", "INT32", [1, 16], struct.pack("<16i", *ones))], expected


def rest_call(port, inputs):
    body, headers = harness.as_binary(inputs)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call():
        connection.request("POST", f"/v2/models/{MODEL}/infer", body, headers)
        return connection.getresponse().read()

    return call


def grpc_call(port, inputs):
    connection = Connection(port, H2load.INFER, harness.as_message(MODEL, inputs))

    def call():
        connection.call()
        return connection.answer

    return call


class Caller(threading.Thread):
    """A client that calls until it is told to stop."""

    def __init__(self, make_call, port, number, over):
        super().__init__(daemon=True)
        self.answers, self.is_wrong = 0, True
        self.over = over
        inputs, self.expected = tensors(number)
        self.call = make_call(port, inputs)

    def run(self):
        while not self.over.is_set():
            if self.expected not in self.call():
                return
            self.answers += 1
        self.is_wrong = False


def main(wire, port, first):
    over = threading.Event()
    make_call = rest_call if wire == "REST" else grpc_call
    callers = [Caller(make_call, int(port), int(first) + i + 1, over) for i in range(HALF)]
    for caller in callers:
        caller.start()
    print("ready", flush=True)
    sys.stdin.read()
    over.set()
    for caller in callers:
        caller.join(60)
    if any(caller.is_wrong for caller in callers):
        sys.exit(1)
    print(sum(caller.answers for caller in callers))


if __name__ == "__main__":
    main(*sys.argv[1:])
