"""Drives stateful models on a running server with Triton's Python clients over HTTP and gRPC.

Usage: sequences.py HTTP_HOST:PORT GRPC_HOST:PORT
Prints one line a check; exits non-zero at the first that fails.
"""
import queue
import sys
import time

import numpy as np
import tritonclient.grpc as over_grpc
import tritonclient.http as over_http
from tritonclient.utils import InferenceServerException

from checks import expect


class Wire:
    """One of the two clients: steps of a sequence, one call each."""

    def __init__(self, module, url):
        self.module = module
        self.client = module.InferenceServerClient(url)

    def tensor(self, value):
        array = np.array(value, dtype=np.int32).reshape((-1, 1))
        tensor = self.module.InferInput("INPUT0", list(array.shape), "INT32")
        tensor.set_data_from_numpy(array)
        return tensor

    def step(self, model, value, sequence, start=False, end=False):
        return self.client.infer(
            model, [self.tensor(value)], sequence_id=sequence, sequence_start=start, sequence_end=end
        )

    def value(self, *arguments, **flags):
        return self.step(*arguments, **flags).as_numpy("OUTPUT0").item()

    def refused(self, text, *arguments, **flags):
        try:
            self.step(*arguments, **flags)
        except InferenceServerException as e:
            expect(e.message().startswith(text), f"refused: {e.message()}")
            return
        expect(False, f"refused: {text}")


def startless(sequence, model):
    return (
        f"inference request for sequence {sequence} to model '{model}' must specify the START flag on the first request"
        " of the sequence"
    )


def controls(wire):
    expect(wire.value("controls", 1, 7, start=True) == 1011, "START and READY reach the model")
    expect(wire.value("controls", 1, 7) == 1001, "READY alone in the middle")
    last = wire.step("controls", 1, 7, end=True)
    expect(last.as_numpy("OUTPUT0").item() == 1101, "END reaches the model")
    expect(last.as_numpy("OUTPUT1").item() == 7, "a numeric id reaches the model")
    only = wire.step("text_ids", 1, "seven", start=True, end=True)
    expect(only.as_numpy("OUTPUT1").item() == b"seven", "a text id reaches the model")


def interleaved(wire):
    expect(wire.value("sum", 1, 1001, start=True) == 1, "the first sequence")
    expect(wire.value("sum", 100, "other", start=True) == 100, "the second, with a text id")
    expect(wire.value("sum", 2, 1001) == 3, "the first goes on")
    expect(wire.value("sum", 200, "other", end=True) == 300, "the second ends")
    expect(wire.value("sum", 3, 1001) == 6, "the first is not touched")
    expect(wire.value("sum", 5, 1001, start=True) == 5, "the first begins anew")
    expect(wire.value("sum", 6, 1001, end=True) == 11, "and ends")
    wire.refused(startless(1001, "sum"), "sum", 1, 1001)


def refusals(wire):
    wire.refused(startless(77, "sum"), "sum", 1, 77)
    wire.refused("inference request to model 'sum' must specify a non-zero or non-empty correlation ID", "sum", 1, 0)
    wire.refused("inference request to model 'sum' must specify batch-size 1 due to", "sum", [1, 2], 77, start=True)
    wire.refused("[request id: <id_unknown>] sequence batching control 'CORRID' data-type is 'BYTES'", "controls", 1, "x",
                 start=True)


def expiry(wire):
    expect(wire.value("impatient", 1, 9, start=True) == 1, "a sequence that may not be idle")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            wire.step("impatient", 1, 9)
        except InferenceServerException as e:
            expect(e.message() == startless(9, "impatient"), "has expired")
            return
    expect(False, "has expired")


def metadata(http):
    expect("sequence" in http.client.get_server_metadata()["extensions"], "the extension is named")
    inputs = http.client.get_model_metadata("controls")["inputs"]
    expect([tensor["name"] for tensor in inputs] == ["INPUT0"], "controls are no inputs of a request")
    config = http.client.get_model_config("sum")["sequence_batching"]
    expect(config["oldest"]["max_candidate_sequences"] == 8, "the strategy is read out")
    expect(config["state"][0]["output_name"] == "SUM_OUT", "the state is read out")


def across_wires(http, grpc):
    expect(http.value("sum", 1, 5005, start=True) == 1, "begins over HTTP")
    expect(grpc.value("sum", 2, 5005) == 3, "goes on over gRPC")
    expect(http.value("sum", 3, 5005, end=True) == 6, "ends over HTTP")


def stream(wire):
    answers = queue.Queue()
    wire.client.start_stream(callback=lambda result, error: answers.put((result, error)))
    steps = 200
    for i in range(steps):
        for sequence in (11, "twelve"):
            wire.client.async_stream_infer(
                "sum",
                [wire.tensor(1 if sequence == 11 else 1000)],
                sequence_id=sequence,
                sequence_start=i == 0,
                sequence_end=i == steps - 1,
            )
    for i in range(steps):
        for unit in (1, 1000):
            result, error = answers.get(timeout=60)
            if error is not None or result.as_numpy("OUTPUT0").item() != unit * (i + 1):
                expect(False, f"streamed step {i}: {error}")
    expect(True, f"{steps} steps of two sequences in one stream")
    wire.client.async_stream_infer("sum", [wire.tensor(1)], sequence_id=11)
    _, error = answers.get(timeout=60)
    expect(startless(11, "sum") in str(error), "a step behind the end is refused inside the stream")
    wire.client.stop_stream()


def main():
    http = Wire(over_http, sys.argv[1])
    grpc = Wire(over_grpc, sys.argv[2])
    metadata(http)
    for wire in (http, grpc):
        controls(wire)
        interleaved(wire)
        refusals(wire)
        expiry(wire)
    across_wires(http, grpc)
    stream(grpc)


if __name__ == "__main__":
    main()
