"""Schedule policy: a request's priority and timeout. Usage: see wires.py.

The model slow has one instance, which one request keeps busy for as many milliseconds as it says.
"""
import sys
import threading

import numpy as np

from checks import eventually
from wires import Wire

BUSY_MILLIS = 2000
TOO_LATE = ("503", "StatusCode.DEADLINE_EXCEEDED")


def slow(wire, millis, **options):
    client = wire.connect()
    try:
        return client.infer("slow", [wire.input("MILLIS", np.array([millis], dtype=np.int32))], **options)
    finally:
        client.close()


def priorities(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    for priority in (0, 1, 2, 2**32):
        result = wire.client.infer("simple", wire.simple(ones, ones), priority=priority)
        wire.ok((result.as_numpy("OUTPUT0") == 2).all(), f"priority {priority}")


def timeouts(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    result = wire.client.infer("simple", wire.simple(ones, ones), timeout=60_000_000)
    wire.ok((result.as_numpy("OUTPUT0") == 2).all(), "a timeout that is not reached")
    busy = threading.Thread(target=slow, args=(wire, BUSY_MILLIS))
    busy.start()
    eventually(lambda: wire.metric("longshore_requests_in_flight", "slow") == 1, f"{wire.name}: the only instance is busy")
    wire.refused(lambda: slow(wire, 0, timeout=1000), "Request timeout expired", TOO_LATE)
    wire.ok(busy.is_alive(), "the timeout ends the wait in the queue, not the one before")
    result = slow(wire, 0, timeout=60_000_000)
    wire.ok(result.as_numpy("MILLIS").item() == 0, "a longer timeout waits for its turn")
    busy.join()


def client_deadline(wire):
    """gRPC's own deadline counts as the request's."""
    ones = np.ones((1, 16), dtype=np.int32)
    result = wire.client.infer("simple", wire.simple(ones, ones), client_timeout=30.0)
    wire.ok(result.as_numpy("OUTPUT0").sum() == 32, "a request with a deadline")


def main(*arguments):
    wire = Wire(*arguments)
    priorities(wire)
    timeouts(wire)
    if not wire.is_http:
        client_deadline(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
