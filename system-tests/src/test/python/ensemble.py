"""Ensembles: through Triton's clients as any other model; cancellation reaches the steps. Usage: see wires.py.

The models are those of EnsembleIT.java.
"""
import sys

import numpy as np

from checks import eventually
from wires import Wire

BUSY_MILLIS = 8000


def chain(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    for binary in wire.forms():
        result = wire.client.infer("a_twice", wire.simple(ones, ones * 3, binary), request_id="42")
        wire.ok((result.as_numpy("OUTPUT0") == 2).all(), "the first output went through both steps")
        wire.ok((result.as_numpy("OUTPUT1") == 6).all(), "and so did the second")
        wire.ok(wire.response(result)["id"] == "42", "the response has the request's id")
    result = wire.client.infer("a_twice", wire.simple(ones, ones), outputs=[wire.output("OUTPUT1")])
    wire.ok(result.as_numpy("OUTPUT0") is None, "only what is asked for comes back")


def texts(wire):
    text = np.array([" ".join(str(i) for i in range(16))], dtype=object)
    result = wire.client.infer("text", [wire.input("TEXT", text, "BYTES")])
    wire.ok((result.as_numpy("DOUBLED") == 2 * np.arange(16)).all(), "Java code before a network")
    classes = wire.client.infer(
        "text", [wire.input("TEXT", text, "BYTES")], outputs=[wire.output("DOUBLED", classes=1)]
    )
    wire.ok(classes.as_numpy("DOUBLED").tolist() == [b"30:15"], "classification of an ensemble's output")


def cancellation(wire):
    outcomes = []
    call = wire.client.async_infer(
        "waiting",
        [wire.input("MILLIS", np.array([BUSY_MILLIS], dtype=np.int32))],
        lambda result, error: outcomes.append(error),
    )
    eventually(lambda: wire.metric("longshore_requests_in_flight", "slow") == 1, f"{wire.name}: the step is under way")
    call.cancel()
    eventually(lambda: outcomes and outcomes[0] is not None, f"{wire.name}: the call is cancelled")
    eventually(lambda: wire.metric("longshore_requests_in_flight", "waiting") == 0, f"{wire.name}: nothing is left of it")
    wire.ok(cancellations(wire) == 1, "the step was withdrawn with it")


def cancellations(wire):
    """The requests to the step's model that were withdrawn."""
    lines = wire.http("/metrics")[2].decode().splitlines()
    counts = [line for line in lines if line.startswith("nv_inference_request_failure{")]
    counts = [line for line in counts if 'model="slow"' in line and 'reason="CANCELED"' in line]
    return sum(float(line.split()[-1]) for line in counts)


def main(*arguments):
    wire = Wire(*arguments)
    chain(wire)
    texts(wire)
    if not wire.is_http:
        cancellation(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
