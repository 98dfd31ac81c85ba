"""Sequences: ids that are numbers and texts, controls, state, expiry, call by call and in a stream. Usage: see wires.py."""
import queue
import sys

import numpy as np
from tritonclient.utils import InferenceServerException

from checks import eventually
from wires import INVALID, Wire


def step(wire, model, value, sequence, start=False, end=False):
    array = np.array(value, dtype=np.int32).reshape((-1, 1))
    return wire.client.infer(
        model, [wire.input("INPUT0", array)], sequence_id=sequence, sequence_start=start, sequence_end=end
    )


def value(*arguments, **flags):
    return step(*arguments, **flags).as_numpy("OUTPUT0").item()


def startless(sequence, model):
    return (
        f"inference request for sequence {sequence} to model '{model}' must specify the START flag on the first request"
        " of the sequence"
    )


def controls(wire):
    wire.ok(value(wire, "controls", 1, 7, start=True) == 1011, "START and READY reach the model")
    wire.ok(value(wire, "controls", 1, 7) == 1001, "READY alone in the middle")
    last = step(wire, "controls", 1, 7, end=True)
    wire.ok(last.as_numpy("OUTPUT0").item() == 1101, "END reaches the model")
    wire.ok(last.as_numpy("OUTPUT1").item() == 7, "a numeric id reaches the model")
    only = step(wire, "text_ids", 1, "seven", start=True, end=True)
    wire.ok(only.as_numpy("OUTPUT1").item() == b"seven", "a text id reaches the model")


def interleaved(wire):
    wire.ok(value(wire, "sum", 1, 1001, start=True) == 1, "the first sequence")
    wire.ok(value(wire, "sum", 100, "other", start=True) == 100, "the second, with a text id")
    wire.ok(value(wire, "sum", 2, 1001) == 3, "the first goes on")
    wire.ok(value(wire, "sum", 200, "other", end=True) == 300, "the second ends")
    wire.ok(value(wire, "sum", 3, 1001) == 6, "the first is not touched")
    wire.ok(value(wire, "sum", 5, 1001, start=True) == 5, "the first begins anew")
    wire.ok(value(wire, "sum", 6, 1001, end=True) == 11, "and ends")
    wire.refused(lambda: step(wire, "sum", 1, 1001), startless(1001, "sum"), INVALID)


def refusals(wire):
    for call, text in (
        (lambda: step(wire, "sum", 1, 77), startless(77, "sum")),
        (lambda: step(wire, "sum", 1, 0), "request to model 'sum' must specify a non-zero or non-empty correlation ID"),
        (lambda: step(wire, "sum", [1, 2], 77, start=True), "inference request to model 'sum' must specify batch-size 1 due to"),
        (
            lambda: step(wire, "controls", 1, "x", start=True),
            "[request id: <id_unknown>] sequence batching control 'CORRID' data-type is 'BYTES'",
        ),
    ):
        wire.refused(call, text, INVALID)


def expiry(wire):
    wire.ok(value(wire, "impatient", 1, 9, start=True) == 1, "a sequence that may not be idle")

    def has_expired():
        try:
            step(wire, "impatient", 1, 9)
            return False
        except InferenceServerException as e:
            return e.message() == startless(9, "impatient")

    eventually(has_expired, f"{wire.name}: has expired")


def metadata(wire):
    wire.ok("sequence" in wire.read("get_server_metadata")["extensions"], "the extension is named")
    inputs = wire.read("get_model_metadata", "controls")["inputs"]
    wire.ok([tensor["name"] for tensor in inputs] == ["INPUT0"], "controls are no inputs of a request")
    config = wire.config("sum")["sequence_batching"]
    wire.ok(config["oldest"]["max_candidate_sequences"] == 8, "the strategy is read out")
    wire.ok(config["state"][0]["output_name"] == "SUM_OUT", "the state is read out")


def across_wires(wire, other):
    wire.ok(value(wire, "sum", 1, 5005, start=True) == 1, f"begins over {wire.name}")
    wire.ok(value(other, "sum", 2, 5005) == 3, f"goes on over {other.name}")
    wire.ok(value(wire, "sum", 3, 5005, end=True) == 6, f"ends over {wire.name}")


def stream(wire):
    answers = queue.Queue()
    wire.client.start_stream(callback=lambda result, error: answers.put((result, error)))
    steps = 200
    for i in range(steps):
        for sequence, unit in ((11, 1), ("twelve", 1000)):
            tensor = wire.input("INPUT0", np.array([[unit]], dtype=np.int32))
            wire.client.async_stream_infer(
                "sum", [tensor], sequence_id=sequence, sequence_start=i == 0, sequence_end=i == steps - 1
            )
    for i in range(steps):
        for unit in (1, 1000):
            result, error = answers.get(timeout=60)
            if error is not None or result.as_numpy("OUTPUT0").item() != unit * (i + 1):
                wire.ok(False, f"streamed step {i}: {error}")
    wire.ok(True, f"{steps} steps of two sequences in one stream")
    wire.client.async_stream_infer("sum", [wire.input("INPUT0", np.array([[1]], dtype=np.int32))], sequence_id=11)
    _, error = answers.get(timeout=60)
    wire.ok(startless(11, "sum") in str(error), "a step behind the end is refused inside the stream")
    wire.client.stop_stream()


def main(*arguments):
    wire = Wire(*arguments)
    metadata(wire)
    controls(wire)
    interleaved(wire)
    refusals(wire)
    expiry(wire)
    across_wires(wire, wire.other())
    if not wire.is_http:
        stream(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
